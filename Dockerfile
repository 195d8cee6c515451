# The course without your own files, twice: `--target student` is a student's server on JupyterHub
# (deploy/README.md), the other grades (README.md, "For lecturers").
FROM python:3.12-slim AS course

RUN useradd --create-home --uid 1000 student
WORKDIR /course
COPY pyproject.toml constraints.txt README.md LICENSE LICENSE-text ./
COPY rnn_course rnn_course
RUN pip install --no-cache-dir -c constraints.txt -e ".[lab]"

# No solutions here: they hold the hidden tests.
FROM course AS student
RUN pip install --no-cache-dir -c constraints.txt jupyterhub
COPY notebooks/[0-9]*.ipynb notebooks/
COPY notebooks/exercises notebooks/exercises
COPY deploy/start_server.py deploy/
RUN mkdir data && chown student data
# Both configurations mount the corpora here, read-only.
ENV RNN_COURSE_DATA=/course/data
USER student
CMD ["python", "/course/deploy/start_server.py"]

FROM course AS grading
COPY notebooks notebooks
# Whoever runs it, a home to write to; students' code owns nothing else.
ENV HOME=/tmp
USER student
CMD ["rnn-course", "grade", "/submissions", "--out", "/out"]
