from opsmig_tui.workspace.output import OutputBuffer


def test_each_line_of_a_text_is_a_line_and_numbers_never_repeat():
    buffer = OutputBuffer()
    first = buffer.append("print", "one\ntwo")
    buffer.append("error", "three")
    assert [line.text for line in buffer.lines] == ["one", "two", "three"]
    assert [line.number for line in buffer.lines] == [0, 1, 2]
    assert first.number == 0


def test_a_statement_is_completed_in_place():
    buffer = OutputBuffer()
    line = buffer.append("sql", "SELECT 1", state="running")
    before = buffer.version
    buffer.replace(line.number, state="done", elapsed_ms=3.5)
    assert buffer.lines[0].state == "done"
    assert buffer.lines[0].elapsed_ms == 3.5
    assert buffer.version > before


def test_memory_is_bounded_and_a_line_pushed_out_can_still_be_completed():
    buffer = OutputBuffer(most=3)
    first = buffer.append("sql", "SELECT 1", state="running")
    for number in range(10):
        buffer.append("print", str(number))
    buffer.replace(first.number, state="done")
    assert [line.text for line in buffer.lines] == ["7", "8", "9"]
    assert all(line.state == "" for line in buffer.lines)
