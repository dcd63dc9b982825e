//! Whose the files of a data folder are. A command that root runs beside the service must leave nothing there that the
//! service cannot write.

use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

/// Gives what lies in `folder` and belongs to root to the folder's owner, if that is somebody else. Without the right to
/// do so nothing changes.
///
/// # Errors
/// The folder cannot be read, or a file cannot be given away.
pub fn give_to_owner(folder: &Path) -> io::Result<()> {
    let of_folder = folder.metadata()?;
    if of_folder.uid() == 0 {
        return Ok(());
    }
    give(folder, of_folder.uid(), of_folder.gid())
}

fn give(folder: &Path, uid: u32, gid: u32) -> io::Result<()> {
    for entry in folder.read_dir()? {
        let entry = entry?;
        let found = entry.metadata()?;
        // Links are not followed: they may lead out of the folder.
        if found.is_symlink() {
            continue;
        }
        if found.uid() == 0 {
            chown(entry.path(), Some(uid), Some(gid))?;
        }
        if found.is_dir() {
            give(&entry.path(), uid, gid)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_root_leaves_in_the_folder_of_another_becomes_theirs() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("sub/file");
        std::fs::create_dir(dir.path().join("sub")).unwrap();
        std::fs::write(&file, "x").unwrap();
        // Without the right to give files away there is nothing that could be of root.
        let is_root = chown(dir.path(), Some(12_345), Some(12_345)).is_ok();
        give_to_owner(dir.path()).unwrap();
        let owner = file.metadata().unwrap().uid();
        assert_eq!(owner == 12_345, is_root, "{owner}");
    }
}
