from __future__ import annotations

from blender_addon.identity import LONGEST_ID, IdentityBook, fresh_id, id_order


def test_empties_with_ids_of_their_own_keep_them():
    assert IdentityBook().resolve({10: "bed", 11: "lamp"}) == {10: "bed", 11: "lamp"}


def test_a_copy_becomes_a_clone_and_the_original_stays():
    book = IdentityBook()
    book.resolve({20: "bed"})
    assert book.resolve({20: "bed", 15: "bed"}) == {20: "bed", 15: "bed.2"}


def test_without_a_memory_the_older_object_keeps_the_blob():
    assert IdentityBook().resolve({31: "bed", 30: "bed", 32: "bed"}) == {30: "bed", 31: "bed.2", 32: "bed.3"}


def test_a_copy_keeps_its_id_when_undo_brings_back_the_copied_one():
    book = IdentityBook()
    book.resolve({20: "bed"})
    book.resolve({20: "bed", 21: "bed", 22: "bed"})
    # Undo of something later restores the ids that Blender had stored before we wrote new ones.
    assert book.resolve({20: "bed", 22: "bed"}) == {20: "bed", 22: "bed.3"}


def test_the_only_heir_of_a_deleted_blob_takes_its_place():
    book = IdentityBook()
    book.resolve({20: "bed"})
    assert book.resolve({21: "bed"}) == {21: "bed"}


def test_a_copy_of_a_clone_counts_on():
    assert fresh_id("bed.2", {"bed", "bed.2"}) == "bed.3"
    assert fresh_id("left wall", {"left wall"}) == "left wall.2"


def test_a_new_id_is_never_too_long_nor_taken():
    long = "b" * LONGEST_ID
    new = fresh_id(long, {long})
    assert len(new) <= LONGEST_ID
    assert new != long


def test_another_file_starts_without_memories():
    book = IdentityBook()
    book.resolve({20: "bed"})
    book.forget()
    assert book.resolve({15: "bed", 20: "bed"}) == {15: "bed", 20: "bed.2"}


def test_copies_of_numbered_blobs_never_look_like_sampled_ones():
    assert fresh_id("9-4", {"9-1", "9-4"}) == "9-4.2"
    assert fresh_id("9-4.2", {"9-4", "9-4.2", "9-4.7"}) == "9-4.8"


def test_ids_sort_as_a_person_would():
    assert sorted(["9-10", "9-2.2", "9-2", "bed.2", "bed"], key=id_order) == ["9-2", "9-2.2", "9-10", "bed", "bed.2"]
