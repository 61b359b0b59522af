-------------------------------- MODULE HTML --------------------------------
\* Web pages, their styles and scripts as strings.

LOCAL INSTANCE Sequences
LOCAL INSTANCE SequencesExt

\* `string` with, for each pair of `args`, the first occurrence of its first component replaced by the second.
HTMLFill(string, args) == FoldLeft(LAMBDA text, pair : ReplaceFirstSubSeq(pair[2], pair[1], text), string, args)

LOCAL Joined(parts, separator) ==
  FoldLeft(LAMBDA text, part : IF text = "" THEN part ELSE text \o separator \o part, "", parts)

LOCAL Lines(parts) == Joined(parts, "\n")

LOCAL Element(open, content, close) == Lines(<<open, content, close>>)

LOCAL Attribute(name, value) == " " \o name \o "=\"" \o value \o "\""

\* --- styles
HTMLAttribute(name, value) == name \o ": " \o value \o ";"

HTMLSize(width, height) == Joined(<<HTMLAttribute("width", width), HTMLAttribute("height", height)>>, " ")

HTMLFlexCenterAttributes ==
  Lines(<<HTMLAttribute("display", "flex"), HTMLAttribute("align-items", "center"),
          HTMLAttribute("justify-content", "center")>>)

HTMLClass(name, attributes) == Element(name \o " {", Lines(attributes), "}")

HTMLDefaultStyle ==
  Lines(<<HTMLClass(".default_grid", <<HTMLAttribute("display", "grid")>>),
          HTMLClass(".default_box", <<HTMLAttribute("border", "1px solid black")>>),
          HTMLClass(".default_circle", <<HTMLAttribute("border-radius", "50%")>>)>>)

HTMLStyleSheet(classes) ==
  Lines(<<"<style" \o Attribute("type", "text/css") \o ">", HTMLDefaultStyle, Lines(classes), "</style>">>)

\* --- pages
HTMLDocument(header, body, scripts) ==
  Lines(<<"<!DOCTYPE html>", "<html>", header, body, Lines(scripts), "</html>">>)

HTMLHeader(title, links, classes) ==
  Lines(<<"<head>", "<meta" \o Attribute("charset", "UTF-8") \o ">", "<title>" \o title \o "</title>", Lines(links),
          HTMLStyleSheet(classes), "</head>">>)

HTMLBody(body) == Element("<body>", body, "</body>")

HTMLLink(name, type) == "<link" \o Attribute("href", name) \o Attribute("rel", type) \o "/>"

HTMLNewLine == "<br>"

\* --- what stands on a page
LOCAL Div(attributes, children) == Element("<div" \o attributes \o ">", Lines(children), "</div>")

HTMLFrame(id, children) == Div(Attribute("id", id), children)

HTMLGridContainer(id, classes, children) ==
  Div(Attribute("id", id) \o Attribute("class", "default_grid " \o Joined(classes, " ")), children)

HTMLBox(id, classes, size, children) ==
  Div(Attribute("id", id) \o Attribute("class", "default_box " \o Joined(classes, " ")) \o Attribute("style", size),
      children)

HTMLCircle(id, classes, size, children) == HTMLBox(id, <<"default_circle">> \o classes, size, children)

HTMLText(id, text) == Element("<span" \o Attribute("id", id) \o ">", text, "</span>")

HTMLSVG(id, viewBox, size, content) ==
  Element("<svg" \o Attribute("id", id) \o Attribute("viewBox", viewBox) \o Attribute("style", size) \o ">",
          content, "</svg>")

\* --- scripts
HTMLScriptFile(name) == "<script" \o Attribute("src", name) \o "></script>"

HTMLScript(children) == Element("<script>", Lines(children), "</script>")

LOCAL ById(id) == "document.getElementById(\"" \o id \o "\")"

HTMLJSLineElems(from, to) == ById(from) \o ", " \o ById(to)

LOCAL Leader(from, to, space, color, size, dash) ==
  "new LeaderLine(" \o HTMLJSLineElems(from, to) \o "," \o space \o "{color: '" \o color \o "', size: " \o size
  \o dash \o "})"

HTMLJSLine(from, to, color, size) == Leader(from, to, " ", color, size, "")

HTMLJSLineDash(from, to, color, size) == Leader(from, to, "  ", color, size, ", dash: true")

HTMLJSKeyListener(events) ==
  Lines(<<"window.onkeyup = function(event) {", "let key = event.key.toUpperCase();", Lines(events), "}">>)

HTMLJSNavigationKey(key, file) ==
  Element("if(key == '" \o key \o "'){", "window.location.replace(\"" \o file \o "\");", "}")
=============================================================================
