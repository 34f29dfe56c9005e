"""Settings of nbgrader for the assignments of lmcourse, written by `course.py assignments`.

Three things that nbgrader does not do by itself:

    - each answer cell of a released notebook has its own first lines, not "raise NotImplementedError()";
    - a submission that floods the output, kills its kernel or cannot be interrupted is graded, too;
    - a test cell that a student deleted comes back.
"""

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.preprocessors import ClearSolutions, Execute, NbGraderPreprocessor

SECONDS_PER_CELL = 120  # the slowest check of the course takes about 5
SECONDS_FOR_IMPORTS = 900  # the cell is ours; PyTorch starts slowly on a machine that is busy
CHARACTERS_PER_CELL = 200_000


class StartingLines(NbGraderPreprocessor):
    """Puts the lines that a learner starts from into each answer cell whose solution was removed."""

    def preprocess_cell(self, cell, resources, cell_index):
        start = cell.metadata.pop("lmcourse", {}).get("start")
        if start is not None:
            cell.source = start
        return cell, resources


class PatientExecute(Execute):
    """Runs a submission to its last cell, whatever one cell does."""

    def preprocess(self, *arguments, **settings):
        self._characters, self._lost = {}, None
        return super().preprocess(*arguments, **settings)

    def preprocess_cell(self, cell, resources, cell_index):
        """A cell that cannot run gets an error, since nbgrader gives full points to a test without one."""
        if self._lost is None:
            try:
                return super().preprocess_cell(cell, resources, cell_index)
            except (DeadKernelError, CellTimeoutError) as error:
                self._lost = f"{type(error).__name__} in cell {cell_index + 1}: no later cell was run."
        if cell.cell_type == "code":
            cell.outputs = [new_output("error", ename="NotRun", evalue=self._lost, traceback=[self._lost])]
        return cell, resources

    def output(self, outs, msg, display_id, cell_index):
        """Keep what a cell says up to a length; the rest is dropped as it comes, before it fills the memory."""
        content = msg["content"]
        before = self._characters.get(cell_index, 0)
        self._characters[cell_index] = total = before + len(str(content))
        if total <= CHARACTERS_PER_CELL:
            return super().output(outs, msg, display_id, cell_index)
        if msg["msg_type"] == "error":
            content.update(
                evalue=content["evalue"][:1000], traceback=[line[:1000] for line in content["traceback"][-20:]]
            )
            return super().output(outs, msg, display_id, cell_index)
        if before <= CHARACTERS_PER_CELL:
            outs.append(new_output("stream", name="stdout", text="... more output than is kept ...\n"))
        return None


def patience(cell):
    """Seconds that a cell may take."""
    imports = cell.metadata.get("nbgrader", {}).get("grade_id") == "imports"
    return SECONDS_FOR_IMPORTS if imports else SECONDS_PER_CELL


def replaced(steps, old, *new):
    """The steps of nbgrader with one of them replaced."""
    return [each for step in steps for each in (new if step is old else [step])]


c = get_config()  # noqa: F821  nbgrader gives this name to the file

c.GenerateAssignment.preprocessors = replaced(
    GenerateAssignment.preprocessors.default(), ClearSolutions, ClearSolutions, StartingLines
)
c.Autograde.autograde_preprocessors = replaced(Autograde.autograde_preprocessors.default(), Execute, PatientExecute)
c.OverwriteCells.add_missing_cells = True
c.Execute.timeout_func = patience
c.Execute.shutdown_kernel = "immediate"
c.ClearSolutions.text_stub = "*Your answer:*"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "*.py", "*.db"]

# `nbgrader zip_collect` reads the student from a file's name: anna_1.1_critical_points.ipynb
c.FileNameCollectorPlugin.named_regexp = r".*[/\\](?P<student_id>[A-Za-z0-9-]+)_(?P<file_id>\d\.\d_\w+\.ipynb)"
