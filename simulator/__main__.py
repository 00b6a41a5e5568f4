"""The command line: `python -m simulator`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
from collections.abc import Sequence

from simulator import server


def parser() -> argparse.ArgumentParser:
    """The options of docs/simulator.md."""
    options = argparse.ArgumentParser("simulator", description="A local Bot API server with people to talk to.")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8081, help="0 takes a free port")
    options.add_argument("--token", action="append", help=f"a bot's token, repeatable (default {server.TOKEN})")
    options.add_argument("--provider-token", action="append", help="a payment provider's token, repeatable")
    options.add_argument("--market-url", help="the market's control port, told to the page")
    options.add_argument("--quiet", action="store_true", help="keep no parameters in the API log")
    return options


async def serve(arguments: argparse.Namespace) -> None:
    """Run until told to stop."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    handle = await server.start(
        host=arguments.host,
        port=arguments.port,
        tokens=arguments.token or (server.TOKEN,),
        provider_tokens=arguments.provider_token or (server.PROVIDER_TOKEN,),
        market_url=arguments.market_url,
        quiet=arguments.quiet,
    )
    print(f"simulator on {handle.url}", flush=True)
    await stopped.wait()
    await handle.stop()


def main(argv: Sequence[str] | None = None) -> None:
    """Parse and serve."""
    asyncio.run(serve(parser().parse_args(argv)))


if __name__ == "__main__":
    main()
