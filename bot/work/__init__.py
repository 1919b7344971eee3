"""What a tap or a typed command does: under ten lines each, one service call, one card."""
