"""Whether words, wherever they come in, sound like danger."""

from bot.commands.alarms import is_cry, mentions_trouble


def sounds_dangerous(text: str) -> bool:
    """Whether any word of the text is one of danger or a call for help."""
    return is_cry(text) or mentions_trouble(text)
