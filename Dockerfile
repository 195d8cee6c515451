# The course without your own files: README.md, "For lecturers", says how to grade in it.
FROM python:3.12-slim

RUN useradd --create-home student
WORKDIR /course
COPY pyproject.toml constraints.txt README.md LICENSE LICENSE-text ./
COPY rnn_course rnn_course
RUN pip install --no-cache-dir -c constraints.txt -e ".[lab]"
COPY notebooks notebooks

# Whoever runs it, a home to write to; students' code owns nothing else.
ENV HOME=/tmp
USER student
CMD ["rnn-course", "grade", "/submissions", "--out", "/out"]
