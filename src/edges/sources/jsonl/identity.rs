//! Which file it is, whatever its name has become, and how far it was read.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};
use xxhash_rust::xxh3::xxh3_64;

/// How much of the beginning makes the fingerprint.
const HEAD_BYTES: u64 = 1024;
/// Most files beside the configured one that are looked at for the one that was being read.
const MAX_SIBLINGS: usize = 1000;

/// Position in a file: which file, and how far. Device and inode alone would mistake a new file that got the inode
/// of a deleted one, or the same inode emptied and written anew; the fingerprint tells them apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// Device.
    pub(super) dev: u64,
    /// Inode.
    pub(super) ino: u64,
    /// Hash of the first `head` bytes, in hex.
    pub(super) fingerprint: String,
    /// How many bytes the fingerprint covers: what had been read by then, at most 1,024.
    pub(super) head: u64,
    /// Bytes read: the start of the next line.
    pub(super) offset: u64,
    /// Lines read.
    pub(super) line: u64,
}

/// Device and inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Node {
    dev: u64,
    ino: u64,
}

impl Node {
    /// The node that `about` describes.
    pub(super) fn of(about: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self { dev: about.dev(), ino: about.ino() }
    }
}

impl Position {
    /// The beginning of `node`.
    pub(super) fn start(node: Node) -> Self {
        Self { dev: node.dev, ino: node.ino, fingerprint: String::new(), head: 0, offset: 0, line: 0 }
    }

    /// The node that was read.
    pub(super) fn node(&self) -> Node {
        Node { dev: self.dev, ino: self.ino }
    }

    /// Whether `file`, by what it holds, is the one that was read up to here. Moves the file's cursor.
    pub(super) async fn holds_for(&self, file: &mut File) -> io::Result<bool> {
        if file.metadata().await?.len() < self.offset {
            return Ok(false);
        }
        Ok(self.head == 0
            || fingerprint(file, self.head).await?.as_deref() == Some(self.fingerprint.as_str()))
    }

    /// Takes the fingerprint anew while the file's read part is shorter than what a fingerprint covers.
    /// Moves the file's cursor.
    pub(super) async fn learn_head(&mut self, file: &mut File) -> io::Result<()> {
        let head = self.offset.min(HEAD_BYTES);
        if head > self.head
            && let Some(print) = fingerprint(file, head).await?
        {
            self.fingerprint = print;
            self.head = head;
        }
        Ok(())
    }
}

/// Hash of the first `head` bytes of `file`; `None` when it has fewer.
async fn fingerprint(file: &mut File, head: u64) -> io::Result<Option<String>> {
    file.seek(SeekFrom::Start(0)).await?;
    let mut bytes = Vec::new();
    file.take(head.min(HEAD_BYTES)).read_to_end(&mut bytes).await?;
    Ok((bytes.len() as u64 == head).then(|| format!("{:016x}", xxh3_64(&bytes))))
}

/// The file that was read up to `position`, when it is no longer the one at `path`: a sibling whose name begins with
/// the same name (`posts.jsonl.1`, `posts.jsonl-20260101`), as rotation leaves it.
pub(super) async fn find_rotated(path: &Path, position: &Position) -> io::Result<Option<(PathBuf, File)>> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(None) };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut siblings = tokio::fs::read_dir(folder).await?;
    let mut looked_at = 0;
    while let Some(sibling) = siblings.next_entry().await? {
        if !sibling.file_name().as_encoded_bytes().starts_with(name.as_encoded_bytes()) {
            continue;
        }
        looked_at += 1;
        if looked_at > MAX_SIBLINGS {
            break;
        }
        let about = sibling.metadata().await?;
        if about.is_file() && Node::of(&about) == position.node() {
            let mut file = File::open(sibling.path()).await?;
            if position.holds_for(&mut file).await? {
                return Ok(Some((sibling.path(), file)));
            }
        }
    }
    Ok(None)
}
