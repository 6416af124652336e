"""Let `python -m aurora` be the command line, where its script is not on the path."""

from aurora.cli import main

if __name__ == "__main__":
    main()
