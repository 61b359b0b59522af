"""The catalog of models that come with the package: specs/catalog.toml, and the targets a user may name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from .. import specs
from ..model.diagnostics import InputError, did_you_mean
from ..model.structs import Struct
from .result import Verdict

CATALOG = "catalog.toml"
SUFFIX = ".tla"
"""Of the file of a module; no name of the catalog ends so."""


class CatalogModel(Struct, eq=True):
    """One model of the catalog, with what checking it must find (None where the catalog states nothing).

    `module` and `config` are paths below specs/; `name` is `protocol/model`; `source` says where the figures come from.
    """

    name: str
    module: str
    config: str
    verdict: Verdict
    default: bool = False
    deadlock: bool = True
    violated: str | None = None
    generated: int | None = None
    distinct: int | None = None
    depth: int | None = None
    source: str | None = None

    @property
    def protocol(self) -> str:
        return self.name.partition("/")[0]


class Target(Struct, eq=True):
    """What is to be checked: `name` is how reports call it; `model` is its catalog entry, if it has one."""

    name: str
    module: Path
    config: Path
    check_deadlock: bool = True
    model: CatalogModel | None = None


@cache
def catalog() -> tuple[CatalogModel, ...]:
    """Every model of the catalog, in its order."""
    import tomllib

    path = specs_folder() / CATALOG
    if not path.is_file():
        return ()
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["model"]
    return tuple(CatalogModel(**{**entry, "verdict": Verdict(entry["verdict"])}) for entry in entries)


def specs_folder() -> Path:
    """The folder of the specs. They are read as files, so a package inside a zip archive is not served."""
    return Path(specs.__path__[0])


def find_target(text: str, config: Path | None = None) -> Target:
    """The target that a user names: a model or protocol of the catalog, or a .tla file.

    The configuration of a file is, without `config`, the file of the same name ending in .cfg. Raises InputError.
    """
    path = Path(text)
    model = None if path.suffix == SUFFIX else _catalog_model(text)
    if model is not None:
        folder = specs_folder()
        return Target(model.name, folder / model.module, config or folder / model.config, model.deadlock, model)
    if path.suffix != SUFFIX and path.with_name(path.name + SUFFIX).is_file():
        path = path.with_name(path.name + SUFFIX)
    if not path.is_file() or path.suffix == ".cfg":
        raise _unknown_target(text)
    if config is None:
        config = path.with_suffix(".cfg")
        if not config.is_file():
            raise InputError(
                f"{path} has no configuration",
                expected=f"a file {config}",
                got="no such file",
                hint="name another with --config FILE",
            )
    elif not config.is_file():
        raise InputError(f"no such configuration file: {config}", hint=_near(str(config), "*.cfg"))
    return Target(path.stem, path, config)


def _catalog_model(name: str) -> CatalogModel | None:
    """The model of that name, or the default model of the protocol of that name."""
    for model in catalog():
        if model.name == name or (model.default and model.protocol == name):
            return model
    return None


def _near(text: str, pattern: str) -> str | None:
    """A hint that names the file with nearly this path."""
    folder = Path(text).parent
    return did_you_mean(text, map(str, folder.glob(pattern))) if folder.is_dir() else None


def _unknown_target(text: str) -> InputError:
    if text.endswith((".tla", ".cfg")):
        if text.endswith(".cfg"):
            hint = "the target is the module; its configuration is named by --config FILE"
            return InputError(f"{text} is a configuration", expected="the path of a .tla file", hint=hint)
        return InputError(f"no such module: {text}", hint=_near(text, "*.tla"))
    names = {model.name for model in catalog()} | {model.protocol for model in catalog()}
    return InputError(
        f"unknown target: {text}",
        expected="the path of a .tla file, or a name that `comitia list` shows",
        got=text,
        hint=did_you_mean(text, names),
    )
