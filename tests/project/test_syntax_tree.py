"""Trees made by several threads: history, changes and review are read beside one another."""

import gc
import threading
import time

from opsmig_tui.project.syntax_tree import syntax_tree

FLAT = "\n".join(
    f"def f{n}(a, b):\n    return g(a + b * [c for c in range({n})])" for n in range(300)
)
DEEP = "(" * 40 + "1" + ")" * 40


def test_threads_do_not_disturb_one_another():
    problems: list[BaseException] = []

    def give_way(phase: str, info: object) -> None:
        time.sleep(0)  # lets another thread run in the middle of making a tree

    def work(source: str) -> None:
        for _ in range(10):
            try:
                syntax_tree(source)
            except SystemError as error:
                problems.append(error)

    before = gc.get_threshold()
    gc.callbacks.append(give_way)
    gc.set_threshold(5)
    try:
        threads = [threading.Thread(target=work, args=(text,)) for text in (FLAT, DEEP, FLAT, DEEP)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(give_way)
    assert not problems
