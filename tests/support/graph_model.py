"""What Microsoft says of Graph: which types there are, what they have, where a path through them leads."""

import importlib.util
import re
from abc import ABC, abstractmethod
from pathlib import Path
from xml.etree import ElementTree

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
_MEMBER = re.compile(
    r'^ +"(?P<name>\w+)": lambda n : .*n\.get_(?P<how>\w+)\((?P<kind>\w*)\)\),$', re.MULTILINE
)
_BASE = re.compile(r"^class \w+\((?P<base>\w+), Parsable\):", re.MULTILINE)
_COLLECTION = re.compile(r"^    value: Optional\[list\[(?P<kind>\w+)\]\]", re.MULTILINE)


class Model(ABC):
    """A description of Graph; each way of having it at hand is a subclass."""

    @abstractmethod
    def members(self, kind: str) -> dict[str, str]:
        """Names and types of a type's properties, those of its bases too; `KeyError` for an unknown type."""

    @abstractmethod
    def root(self, name: str) -> str:
        """The type of what a path begins with; raises `KeyError` where no path does."""

    @abstractmethod
    def has_function(self, name: str, collection: str) -> bool:
        """Whether a function without arguments is bound to a collection and gives one of the same type."""

    def lead(self, path: str) -> str:
        """The type at the end of a path; raises `KeyError` where Graph knows no such path."""
        first, *rest = path.strip("/").split("/")
        kind = f"Collection({self.root(first)})"
        for segment in rest:
            kind = self._step(kind, segment)
        return kind

    def _step(self, kind: str, segment: str) -> str:
        if segment.startswith("graph."):
            self.members(segment)
            return f"Collection({segment})"
        if segment.endswith("()"):
            if not self.has_function(segment[:-2], kind):
                raise KeyError(segment)
            return kind
        if kind.startswith("Collection("):
            return kind[len("Collection(") : -1]
        return self.members(kind)[segment]


class Metadata(Model):
    """Graph's own metadata document."""

    def __init__(self, file: Path) -> None:
        schema = next(iter(ElementTree.parse(file).iter(f"{EDM}Schema")))
        self._types = {kind.get("Name", ""): kind for kind in schema.findall(f"{EDM}EntityType")}
        self._roots = {
            root.get("Name", ""): root.get("EntityType", "").removeprefix("microsoft.")
            for root in schema.iter(f"{EDM}EntitySet")
        }
        self._functions = {
            (function.get("Name"), parameter.get("Type"))
            for function in schema.findall(f"{EDM}Function")
            for parameter in function.findall(f"{EDM}Parameter")
        }

    def members(self, kind: str) -> dict[str, str]:
        entity = self._types[kind.removeprefix("graph.")]
        inherited = self.members(base) if (base := entity.get("BaseType")) else {}
        own = {member.get("Name", ""): member.get("Type", "") for member in entity}
        return {**inherited, **own}

    def root(self, name: str) -> str:
        return self._roots[name]

    def has_function(self, name: str, collection: str) -> bool:
        return (name, collection) in self._functions


class Sdk(Model):
    """Microsoft's SDK for Python, which is generated from that document: its files are read, not imported."""

    def __init__(self) -> None:
        spec = importlib.util.find_spec("msgraph")
        assert spec and spec.origin
        self._folder = Path(spec.origin).parent / "generated"
        self._texts: dict[Path, str] = {}

    def members(self, kind: str) -> dict[str, str]:
        text = self._text(f"models/{_file_name(kind.removeprefix('graph.'))}.py")
        base = _BASE.search(text)
        inherited = self.members(_odata_name(base["base"])) if base else {}
        own = {each["name"]: _member_type(each["how"], each["kind"]) for each in _MEMBER.finditer(text)}
        return {**inherited, **own}

    def root(self, name: str) -> str:
        builder = self._text(f"{name}/{name}_request_builder.py")
        response = re.search(r"async def get\(.*-> Optional\[(\w+)CollectionResponse\]", builder)
        if response is None:
            raise KeyError(name)
        return f"graph.{_odata_name(response[1])}"

    def has_function(self, name: str, collection: str) -> bool:
        answers = self._folder.glob(f"sites/item/lists/item/items/{name}/{name}_get_response.py")
        found = (_COLLECTION.search(answer.read_text(encoding="utf-8")) for answer in answers)
        return any(each and f"Collection(graph.{_odata_name(each['kind'])})" == collection for each in found)

    def _text(self, name: str) -> str:
        file = self._folder / name
        if not file.exists():
            raise KeyError(name)
        return self._texts.setdefault(file, file.read_text(encoding="utf-8"))


def _member_type(how: str, kind: str) -> str:
    name = f"graph.{_odata_name(kind)}" if kind else f"Edm.{how}"
    return f"Collection({name})" if how.startswith("collection_of") else name


def _odata_name(python_class: str) -> str:
    """`list` for `List_`: Graph's names begin small, and Python's own are kept clear of."""
    name = python_class.removesuffix("_")
    return name[:1].lower() + name[1:]


def _file_name(kind: str) -> str:
    name = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", kind).lower()
    return f"{name}_" if name == "list" else name
