"""The load generator: what it sends, what it makes of answers, and that it would notice faults."""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from benchmarks.loading import processes
from benchmarks.loading.campaign import Kill, Record
from benchmarks.loading.driving import Driver, Outcome
from benchmarks.loading.ledger import Ledger
from benchmarks.loading.probing import Builds, Probes, last_unseen
from benchmarks.loading.traffic import SHARES, Traffic
from benchmarks.loading.verdict import faults, fifth, musts, table, unfinished
from benchmarks.loading.wire import Address, Broken, Pool, fresh, request
from tests.conftest import TINY

MEANINGS = [("sea", "mer"), ("moon", "lune"), ("tree", "arbre"), ("door", "porte")]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
BUSY = b"HTTP/1.1 503 -\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n1\r\n]\r\n0\r\n\r\n"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Script:
    """A server that gives these answers in turn, then the last again; None breaks off."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.connections = 0
        self.asked: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.asked.append(head)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if answer is None:
                    break
                writer.write(answer)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


def against(script: Script, use: Callable[[Address], Awaitable[None]]) -> None:
    async def run() -> None:
        server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
        async with server:
            await use(server.sockets[0].getsockname()[:2])
            await asyncio.sleep(0.02)

    asyncio.run(run())


def pool(address: Address, most: int = 4) -> Pool:
    return Pool([address], most, random.Random(0))


class TestWire:
    def test_a_connection_is_used_again_until_either_end_wants_no_more(self) -> None:
        script = Script(OK, CHUNKED, LAST, BUSY)

        async def use(address: Address) -> None:
            connections = pool(address)
            replies = [await connections.ask(request("GET", "/")) for _ in range(4)]
            connections.close()
            assert [(one.status, one.body, one.retry_after) for one in replies] == [
                (200, b"{}", False),
                (200, b"[]", False),
                (200, b"", False),
                (503, b"", True),
            ]

        against(script, use)
        assert script.connections == 2

    def test_a_connection_that_breaks_is_named_by_its_port(self) -> None:
        async def use(address: Address) -> None:
            with pytest.raises(Broken) as caught:
                await fresh(address, request("GET", "/"))
            assert caught.value.port > 0

        against(Script(None), use)

    def test_no_more_connections_are_used_at_once_than_may_be(self) -> None:
        script = Script(OK)

        async def use(address: Address) -> None:
            connections = pool(address, most=2)
            await asyncio.gather(*(connections.ask(request("GET", "/")) for _ in range(20)))
            connections.close()

        against(script, use)
        assert script.connections == 2
        assert len(script.asked) == 20


class TestDriving:
    def driver(self, address: Address) -> Driver:
        ledger = Ledger(MEANINGS, random.Random(0), "k")
        return Driver(pool(address), Traffic(TINY, ledger, 0))

    def test_clients_ask_until_the_time_is_over(self) -> None:
        async def use(address: Address) -> None:
            driver = self.driver(address)
            await driver.closed(2, 0.3)
            driver.pool.close()
            assert {one.result for one in driver.outcomes} == {200}
            assert len(driver.outcomes) == len(script.asked)

        script = Script(OK)
        against(script, use)
        assert script.connections >= 2
        assert len(script.asked) > 2

    def test_what_waits_is_late_from_when_it_was_due(self) -> None:
        async def use(address: Address) -> None:
            driver = self.driver(address)
            [outcome] = [await driver.ask(driver.traffic.draw(), time.monotonic() - 1.0)]
            assert 1.0 < outcome.seconds < 2.0
            driver.pool.close()

        against(Script(OK), use)

    def test_failures_are_told_apart(self) -> None:
        async def use(address: Address) -> None:
            driver = self.driver(address)
            question = driver.traffic.draw()
            broken = await driver.ask(question, time.monotonic())
            nobody = Driver(pool(("127.0.0.1", 1)), driver.traffic)
            refused = await nobody.ask(question, time.monotonic())
            assert (broken.result, refused.result) == ("broken", "refused")
            assert broken.port > 0

        against(Script(None), use)

    def test_arrivals_do_not_wait_for_answers(self) -> None:
        async def use(address: Address) -> None:
            driver = self.driver(address)
            end = time.monotonic() + 0.2
            await driver.steady(500.0, random.Random(0), lambda: time.monotonic() > end)
            driver.pool.close()
            assert 50 < len(driver.outcomes) < 200

        against(Script(OK), use)


class TestLedger:
    def test_a_concept_is_created_changed_and_every_second_one_removed(self) -> None:
        ledger = Ledger(MEANINGS, random.Random(0), "k")
        for status in (201, 200, 201, 200, 204):
            one, payload = ledger.draw()
            ledger.told(one, status)
        assert payload.startswith(b"DELETE /v1/concepts/load.1 HTTP/1.1\r\n")
        assert b"Authorization: Bearer k\r\n" in payload
        assert [(one.done, one.there) for one in ledger.written] == [
            ("change", True),
            ("remove", False),
        ]
        assert ledger.written[0].translation == ledger.written[0].later

    @pytest.mark.parametrize("status", [None, 503, 200])
    def test_without_the_right_status_nobody_knows(self, status: int | None) -> None:
        ledger = Ledger(MEANINGS, random.Random(0), "k")
        ledger.told(ledger.draw()[0], status)
        assert ledger.written[0].there is None
        assert ledger.draw()[0] is ledger.written[1]


def test_traffic_is_drawn_by_its_shares_and_the_same_again() -> None:
    def drawn() -> list[tuple[str, bytes]]:
        traffic = Traffic(TINY, Ledger(MEANINGS, random.Random(0), "k"), 0)
        questions = [traffic.draw() for _ in range(2_000)]
        for question in questions:
            if question.written is not None and question.written.next == "create":
                traffic.ledger.told(question.written, 201)
        return [(question.kind, question.payload) for question in questions]

    first = drawn()
    assert first == drawn()
    counts = Counter(kind for kind, _ in first)
    assert set(counts) == set(SHARES)
    assert 1_500 < counts["known word"] < 1_700


class TestProcesses:
    def test_the_peers_and_the_memory_of_a_process_and_its_end(self) -> None:
        code = (
            "import socket, sys\n"
            "one = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n"
            "print(one.getsockname()[1], flush=True)\n"
            "one.recv(1)\n"
        )
        script = Script(OK)

        async def use(address: Address) -> None:
            command = [sys.executable, "-c", code, str(address[1])]
            with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as child:
                assert child.stdout is not None
                port = int(await asyncio.to_thread(child.stdout.readline))
                assert processes.peers(child.pid, port) == {address[1]}
                assert processes.peers(child.pid, address[1]) == set()
                assert child.pid in processes.tree(os.getpid())
                assert processes.resident([child.pid]) > 2**20
                assert processes.lives(child.pid)
                child.kill()
                child.wait()
            assert not processes.lives(child.pid)
            assert processes.resident([child.pid]) == 0

        against(script, use)

    def test_time_counts_for_the_machine_too(self) -> None:
        before = processes.busy_seconds(), processes.processor_seconds(os.getpid())
        end = time.process_time() + 0.2
        while time.process_time() < end:
            pass
        after = processes.busy_seconds(), processes.processor_seconds(os.getpid())
        assert after[0] > before[0]
        assert 0.1 < after[1] - before[1] < 2.0


def test_a_look_that_shows_nothing_new_is_a_delay() -> None:
    stale = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale"

    async def use(address: Address) -> None:
        since = time.monotonic() - 2.9
        payload = request("GET", "/")
        delay = await last_unseen([address], payload, lambda reply: reply.body != b"stale", since)
        assert 2.9 <= delay < 2.98

    against(Script(stale, OK), use)


def outcome(result: int | str, begun: float = 10.0, **more: object) -> Outcome:
    return replace(Outcome("known word", begun, begun, begun + 1.0, 200), result=result, **more)  # type: ignore[arg-type]


def record(*outcomes: Outcome) -> Record:
    """100 s with all that is to be, and what is given."""
    good = Record(
        seconds=100.0,
        begun=0.0,
        ended=100.0,
        outcomes=[outcome(200), outcome(200, begun=99.5), *outcomes],
        memory=[(at, 2**30) for at in range(100)],
        kills=[Kill(30.0, frozenset({4_001}), 2.0), Kill(60.0, frozenset({4_002}), 2.0)],
        builds=Builds([], {}),
        probes=Probes([], ""),
        exits=[0],
        ending=1.0,
        refusing=True,
        written=3,
    )
    assert good.builds is not None
    assert good.probes is not None
    good.builds.delays = [0.5]
    good.probes.delays = [0.5]
    return good


def missed(found: Record) -> list[str]:
    return [must.what for must in musts(found, workers=2, swaps=1) if not must.met]


class TestVerdict:
    def test_a_good_run_meets_everything(self) -> None:
        assert missed(record()) == []

    @pytest.mark.parametrize(
        ("what", "said"),
        [
            (outcome(500), ["1 × known word: 500"]),
            (outcome(503), ["1 × known word: 503"]),
            (outcome(503, retry_after=True), []),
            (outcome(404), ["1 × known word: 404"]),
            (outcome("refused"), ["1 × known word: refused"]),
            (outcome("broken", begun=29.5, port=4_001), []),
            (outcome("broken", begun=29.5, port=4_002), ["1 × known word: broken"]),
            (outcome("broken", begun=32.0, port=4_001), ["1 × known word: broken"]),
            (outcome("broken", begun=100.1), []),
            (outcome("refused", begun=100.1), []),
            (outcome(500, begun=100.1), ["1 × known word: 500"]),
            (outcome("overdue", begun=100.1), ["1 × known word: overdue"]),
        ],
    )
    def test_only_refusals_and_what_a_killed_worker_held_are_no_faults(
        self, what: Outcome, said: list[str]
    ) -> None:
        assert faults(record(what)) == said

    def test_what_was_being_answered_at_the_end_needs_an_answer(self) -> None:
        cut = record(outcome("broken", begun=99.8))
        assert unfinished(cut) == (2, 1)
        assert "what was being answered at SIGTERM is answered" in missed(cut)

    def test_memory_is_compared_between_fifths(self) -> None:
        grown = replace(record(), memory=[(at, 2**30 + at * 2**22) for at in range(100)])
        assert fifth(grown, 1) == 1_024 + 4 * 29.5
        assert missed(grown) == ["memory is flat within 10%"]

    @pytest.mark.parametrize(
        ("change", "what"),
        [
            ({"exits": [1]}, "the end comes"),
            ({"exits": [None]}, "the end comes"),
            ({"ending": 31.0}, "the end comes"),
            ({"refusing": False}, "the end comes"),
            ({"orphans": [1]}, "the end comes"),
            ({"kills": []}, "a killed worker"),
            ({"kills": [Kill(1.0, frozenset(), 2.0), Kill(2.0, frozenset(), None)]}, "a killed"),
            ({"written": 0}, "what was acknowledged"),
            ({"lost": ["load.0"]}, "what was acknowledged"),
            ({"said": ["Traceback"]}, "the log"),
            ({"memory": []}, "memory"),
        ],
    )
    def test_every_must_can_be_missed(self, change: dict[str, object], what: str) -> None:
        [said] = missed(replace(record(), **change))  # type: ignore[arg-type]
        assert said.startswith(what)

    def test_changes_that_come_late_or_not_at_all_are_missed(self) -> None:
        late = record()
        assert late.builds is not None
        assert late.probes is not None
        late.builds.delays, late.probes.delays = [], [2.5]
        assert [what.partition(" ")[2] for what in missed(late)] == [
            "generations are swapped",
            "generation reaches all workers within 2 s",
            "word reaches all workers within 2 s",
        ]

    def test_the_table_counts_what_was_due_before_the_end(self) -> None:
        run = record(
            outcome(503, retry_after=True),
            outcome("broken", begun=29.5, port=4_001),
            outcome(500),
            outcome(200, begun=100.5),
        )
        rows = table(run)
        assert rows[0] == ("known word", "5", "2", "1", "1", "1", "1,000.0", "1,000.0", "1,000.0")
        assert rows[-1][:2] == ("all", "5")
