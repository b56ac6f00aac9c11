"""What the lint scripts share: which files there are, and their text without comments and strings."""
import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SUFFIXES = ('.hpp', '.cpp')


def files(root=ROOT, suffixes=SUFFIXES):
    """Paths of all files so named (C++ sources) that are or would be committed, relative to root, sorted."""
    listed = subprocess.run(['git', '-C', root, 'ls-files', '--cached', '--others', '--exclude-standard'],
                            capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        paths = listed.stdout.split('\n')
    else:  # a source archive
        paths = [os.path.relpath(os.path.join(folder, name), root)
                 for folder, _, names in os.walk(root) for name in names]
        paths = [path for path in paths if not path.startswith(('build/', 'data/', '.git/'))]
    return sorted(path for path in set(paths)
                  if path.endswith(suffixes) and os.path.exists(os.path.join(root, path)))


def read(path, root=ROOT):
    with open(os.path.join(root, path), encoding='utf-8') as file:
        return file.read()


TOKEN = re.compile(
    r'R"(?P<tag>[^\s()\\]{0,16})\(.*?\)(?P=tag)"'
    r'|//[^\n]*'
    r'|/\*.*?\*/'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'", re.S)


def _blank(match):
    text = match.group(0)
    return '""' + '\n' * text.count('\n') if text[0] in 'R"' else ' ' + '\n' * text.count('\n')


def code(text):
    """The text without comments, strings and characters; line numbers stay."""
    return TOKEN.sub(_blank, text)


def ratchet(name):
    """Lines of a ratchet file as a dict from its first column to the rest. The rest ends with `# reason`."""
    entries = {}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), encoding='utf-8') as file:
        for line in file:
            if line.strip() and not line.startswith('#'):
                key, _, rest = line.strip().partition(' ')
                entries[key] = rest
    return entries
