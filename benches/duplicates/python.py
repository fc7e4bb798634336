"""Text to sketch to index with rensa and datasketch, where they are; one thread, one line of JSON each."""
import json
import re
import sys
import time

texts = json.load(sys.stdin)
syllable = re.compile(r"\w+")


def shingles(text):
    words = syllable.findall(text.lower())
    return [" ".join(words[at:at + 3]) for at in range(len(words) - 2)]


def measured(name, work):
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    print(json.dumps({
        "name": name,
        "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
    }))


def rensa_side(rensa):
    index = rensa.RMinHashLSH(threshold=0.5, num_perm=126, num_bands=42)
    for number, text in enumerate(texts):
        sketch = rensa.RMinHash(num_perm=126, seed=1)
        sketch.update(shingles(text))
        index.insert(number, sketch)


def datasketch_side(datasketch):
    index = datasketch.MinHashLSH(num_perm=126, params=(42, 3))
    for number, text in enumerate(texts):
        sketch = datasketch.MinHash(num_perm=126, seed=1)
        sketch.update_batch([shingle.encode() for shingle in shingles(text)])
        index.insert(number, sketch)


for package, side in (("rensa", rensa_side), ("datasketch", datasketch_side)):
    try:
        module = __import__(package)
    except ImportError:
        print(f"no {package} for Python: left out")
        continue
    try:
        measured(f"{package}, Python", lambda: side(module))
    except Exception as error:
        print(f"{package} failed: {error}")
