#!/usr/bin/env python3
"""`cargo metadata` in, a bill of materials (CycloneDX 1.5) of what is linked into the program out: no build or test tools."""
import hashlib, json, sys, uuid

meta = json.load(sys.stdin)
packages = {package["id"]: package for package in meta["packages"]}
nodes = {node["id"]: node for node in meta["resolve"]["nodes"]}
root = meta["resolve"]["root"]


def linked(node):
    """What a package needs when it runs."""
    return [dep["pkg"] for dep in node["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])]


reached, todo = {root}, [root]
while todo:
    for dep in linked(nodes[todo.pop()]):
        if dep not in reached:
            reached.add(dep)
            todo.append(dep)


def purl(identity):
    package = packages[identity]
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(identity):
    package = packages[identity]
    made = {"type": "library", "bom-ref": purl(identity), "name": package["name"], "version": package["version"], "purl": purl(identity)}
    if package.get("license"):
        made["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    return made


parts = sorted(reached - {root}, key=purl)
seed = hashlib.sha256("".join(map(purl, parts)).encode()).digest()[:16]
json.dump({
    "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "serialNumber": f"urn:uuid:{uuid.UUID(bytes=seed, version=4)}",
    "metadata": {"component": {**component(root), "type": "application"}},
    "components": [component(identity) for identity in parts],
    "dependencies": [{"ref": purl(identity), "dependsOn": sorted(purl(dep) for dep in linked(nodes[identity]))} for identity in [root, *parts]],
}, sys.stdout, indent=1)
print()
