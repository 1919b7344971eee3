"""All the words of a message: its text, a photo's caption, and what it quotes."""

from collections.abc import Mapping
from typing import Any

from bot.commands.danger import sounds_dangerous
from bot.mentions import plain_text

_MOST_ATTACHMENTS = 10


def words_of(activity: Mapping[str, Any], bot_id: str) -> str:
    """What is to be read. Words that only an attachment holds are read too, where they sound like danger.

    Teams sends the text again as HTML beside it, with a quoted message as a block in that alone.
    """
    text = plain_text(dict(activity), bot_id)
    beside = "\n".join(_attached(activity, bot_id))
    if not text:
        return beside
    known = {line.casefold() for line in text.split("\n")}
    others = [line for line in beside.split("\n") if line.casefold() not in known]
    alarming = [line for line in others if sounds_dangerous(line)]
    return "\n".join([text, *alarming])


def _attached(activity: Mapping[str, Any], bot_id: str) -> list[str]:
    listed = activity.get("attachments")
    found = []
    for each in (listed if isinstance(listed, list) else [])[:_MOST_ATTACHMENTS]:
        content = each.get("content") if isinstance(each, dict) else None
        if isinstance(content, str) and str(each.get("contentType", "")).startswith("text/"):
            found.append(plain_text({**activity, "text": content}, bot_id))
    return found
