"""What happened in a chat as readable lines, for golden transcripts and failures."""

from __future__ import annotations

from simulator.window import Window, drawn


class Transcript:
    """The lines of one chat: what people did, as they say it, and what the bot wrote or changed."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._noted = 0  # event number up to which it is written
        self._lines: list[str] = []

    def note(self, line: str) -> None:
        """A line of the transcript, after what the bot wrote meanwhile."""
        self._note_bot()
        self._lines.append(line)

    def lines(self) -> list[str]:
        """All of it so far."""
        self._note_bot()
        return list(self._lines)

    def _note_bot(self) -> None:
        """Take what the bot wrote or changed into the transcript."""
        found = self._window.control.expect(self._window.key, self._noted, 0, ["message", "edit"])
        by_id = {message["message_id"]: message for message in self._window.messages(60)} if found["events"] else {}
        done = set()
        for event in found["events"]:
            message = by_id.get(event["message_id"])
            if message is not None and event["message_id"] not in done:
                done.add(event["message_id"])
                self._lines.append(f"🤖 {drawn(message)}" + (" (changed)" if event["kind"] == "edit" else ""))
        if found["events"]:
            self._noted = found["seq"]
