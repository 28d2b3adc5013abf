"""Two versions of a model file → what changed, in the words of someone who writes models."""

from __future__ import annotations

from collections.abc import Iterator

from .columns_compare import compare_columns
from .declared import EnumClass, ModelClass, ModuleModels, TableItem
from .model import ChangeKind, ModelChange
from .models import read_models


def compare(old: str | None, new: str | None) -> tuple[ModelChange, ...]:
    """What changed from `old` to `new`, in the order of the file. None means: no such file.

    Any text is answered: a side that does not parse gives one change of kind "unreadable" with the
    line of the problem. Changes that do not reach the database (methods, relationships, comments in
    the source) give nothing.
    """
    before = read_models(old or "")
    after = read_models(new or "")
    for side, whose in ((after, ""), (before, "before: ")):
        if side.problem:
            detail = f"{whose}{side.problem} (line {side.problem_line})"
            return (ModelChange("unreadable", "~", "does not parse", detail, side.problem_line),)
    changes = [*_compare_enums(before, after), *_compare_classes(before, after)]
    return tuple(sorted(changes, key=lambda change: change.line))


def _compare_classes(before: ModuleModels, after: ModuleModels) -> Iterator[ModelChange]:
    old = {model.name: model for model in before.classes}
    new = {model.name: model for model in after.classes}
    pairs = [(old[name], new[name]) for name in new if name in old]
    gone = [model for name, model in old.items() if name not in new]
    for model in [model for name, model in new.items() if name not in old]:
        origin = next(
            (lost for lost in gone if model.table is not None and lost.table == model.table), None
        )
        if origin is None:
            yield ModelChange("class-added", "+", model.name, _summary(model), model.line)
        else:
            gone.remove(origin)
            pairs.append((origin, model))
            detail = f"→ {model.name}"
            yield ModelChange("class-renamed", "~", origin.name, detail, model.line)
    for model in gone:
        yield ModelChange("class-removed", "-", model.name, _summary(model), model.line)
    for was, now in pairs:
        if was.table is not None and now.table is not None and was.table != now.table:
            detail = f"table {was.table} → {now.table}"
            yield ModelChange("table-renamed", "~", now.name, detail, now.line)
        yield from compare_columns(was, now)
        yield from _compare_items(was, now)


def _summary(model: ModelClass) -> str:
    """Behind a whole class: its table and how much is in it."""
    count = len(model.columns)
    columns = f"{count} column" + ("" if count == 1 else "s")
    where = f"table {model.table}, " if model.table and model.table != model.name else ""
    return f"{where}{columns}" if count else where.rstrip(", ")


def _compare_items(was: ModelClass, now: ModelClass) -> Iterator[ModelChange]:
    """Indexes and constraints of the table arguments; one that differs is dropped and made anew."""
    old = {_identity(item) for item in was.items}
    new = {_identity(item) for item in now.items}
    for item in was.items:
        if _identity(item) not in new:
            gone: ChangeKind = "index-removed" if item.is_index else "constraint-removed"
            yield ModelChange(gone, "-", _item_name(was, item), _item_detail(item), item.line)
    for item in now.items:
        if _identity(item) not in old:
            come: ChangeKind = "index-added" if item.is_index else "constraint-added"
            yield ModelChange(come, "+", _item_name(now, item), _item_detail(item), item.line)


def _identity(item: TableItem) -> tuple[str, str, str]:
    return item.kind, item.name, item.definition


def _item_name(model: ModelClass, item: TableItem) -> str:
    return f"{model.name}.{item.name}" if item.name else model.name


def _item_detail(item: TableItem) -> str:
    return f"{item.kind} ({item.definition})"


def _compare_enums(before: ModuleModels, after: ModuleModels) -> Iterator[ModelChange]:
    old = {found.name: found for found in before.enums}
    new = {found.name: found for found in after.enums}
    for name, found in old.items():
        if name not in new:
            yield ModelChange("enum-removed", "-", name, _members(found), found.line)
    for name, found in new.items():
        if name not in old:
            yield ModelChange("enum-added", "+", name, _members(found), found.line)
        else:
            yield from _compare_members(old[name], found)


def _members(found: EnumClass) -> str:
    return "enum: " + ", ".join(member.name for member in found.members)


def _compare_members(was: EnumClass, now: EnumClass) -> Iterator[ModelChange]:
    old = {member.name: member for member in was.members}
    new = {member.name: member for member in now.members}
    for name, member in old.items():
        if name not in new:
            subject = f"{was.name}.{name}"
            yield ModelChange("enum-value-removed", "-", subject, "", member.line)
    for name, member in new.items():
        subject = f"{now.name}.{name}"
        if name not in old:
            yield ModelChange("enum-value-added", "+", subject, "", member.line)
        elif old[name].value != member.value:
            detail = f"{old[name].value} → {member.value}"
            yield ModelChange("enum-value-changed", "~", subject, detail, member.line)
