"""The keys of rows: UUIDs that grow with time (version 7).

What is new together stands together in every index, so a tap changes few pages of the database instead of
one of each index somewhere. See docs/decisions/0010-keys-grow-with-time.md.
"""

from uuid_utils.compat import uuid7

new_id = uuid7
