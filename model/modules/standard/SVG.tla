-------------------------------- MODULE SVG ---------------------------------
\* Pictures as records: elements of SVG with a name, attributes (strings by name), children, and the text within.

LOCAL INSTANCE Integers
LOCAL INSTANCE Sequences
LOCAL INSTANCE TLC

SVGElem(name, attrs, children, innerText) ==
  [attrs |-> attrs, children |-> children, innerText |-> innerText, name |-> name]

\* --- shapes. In each, attrs are further attributes; those of the shape itself win.
Line(x1, y1, x2, y2, attrs) ==
  LET own == [x1 |-> ToString(x1), x2 |-> ToString(x2), y1 |-> ToString(y1), y2 |-> ToString(y2)]
  IN SVGElem("line", own @@ attrs, <<>>, "")

Circle(cx, cy, r, attrs) ==
  SVGElem("circle", [cx |-> ToString(cx), cy |-> ToString(cy), r |-> ToString(r)] @@ attrs, <<>>, "")

Rect(x, y, w, h, attrs) ==
  LET own == [height |-> ToString(h), width |-> ToString(w), x |-> ToString(x), y |-> ToString(y)]
  IN SVGElem("rect", own @@ attrs, <<>>, "")

Text(x, y, text, attrs) == SVGElem("text", [x |-> ToString(x), y |-> ToString(y)] @@ attrs, <<>>, text)

Image(x, y, width, height, href, attrs) ==
  LET place == [height |-> ToString(height), width |-> ToString(width), x |-> ToString(x), y |-> ToString(y)]
  IN SVGElem("image", place @@ ("xlink:href" :> href) @@ attrs, <<>>, "")

Group(children, attrs) == SVGElem("g", attrs, children, "")

Svg(children, attrs) == SVGElem("svg", attrs, children, "")

\* A whole picture, and which part of the plane it shows. `children` are one element, or a sequence of them.
SVGDoc(children, x, y, width, height, attrs) ==
  LET box == ToString(x) \o " " \o ToString(y) \o " " \o ToString(width) \o " " \o ToString(height)
      own == "xmlns:xlink" :> "http://www.w3.org/1999/xlink"
             @@ "xmlns" :> "http://www.w3.org/2000/svg"
             @@ "viewBox" :> box
  IN Svg(<<children>>, own @@ attrs)

\* The text of an element. An underscore in the name of an attribute is written as a dash.
SVGElemToString(elem) == CHOOSE text : text \in STRING

\* Writes a picture to the file <prefix><number of three digits>.svg.
SVGSerialize(svg, prefix, number) ==
  LET IO == INSTANCE IOUtils
      options == [charset |-> "UTF-8", format |-> "TXT", openOptions |-> <<"WRITE", "CREATE", "TRUNCATE_EXISTING">>]
  IN IO!Serialize(SVGElemToString(svg), prefix \o IO!zeroPadN(number, 3) \o ".svg", options)

\* --- places, as records of x and y
\* The n-th of m places on the circle around (cx, cy).
NodeOfRingNetwork(cx, cy, r, n, m) == CHOOSE place \in [x : Int, y : Int] : TRUE

\* A place for each node of a graph, so that edges point in one direction as far as may be.
NodesOfDirectedMultiGraph(nodes, edges, options) == CHOOSE places \in [nodes -> [x : Int, y : Int]] : TRUE

\* The end of the first of so many equal parts of a line.
PointOnLine(from, to, parts) ==
  [x |-> from.x + (to.x - from.x) \div parts, y |-> from.y + (to.y - from.y) \div parts]
=============================================================================
