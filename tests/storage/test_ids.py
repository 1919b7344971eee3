"""Keys of rows grow with time and are never given twice."""

from uuid import UUID

from storage.ids import new_id
from storage.tables import Message, Outcome, ProtectiveOrder, Subject, Task, TaskChange, TaskNote


def test_a_later_key_is_larger_and_none_comes_twice() -> None:
    keys = [new_id() for _ in range(10_000)]

    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_keys_grow_in_the_order_of_their_text_too_which_is_what_sqlite_compares() -> None:
    texts = [new_id().hex for _ in range(1_000)]

    assert texts == sorted(texts)


def test_every_table_with_such_a_key_draws_it_from_here() -> None:
    for entity in (Message, Outcome, ProtectiveOrder, Subject, Task, TaskChange, TaskNote):
        factory = entity.model_fields["id"].default_factory
        assert factory is new_id, entity.__name__
    assert type(new_id()) is UUID and new_id().version == 7
