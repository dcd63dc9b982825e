//! The machine that we run on: room on its disks, and what systemd was told about us.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Name of the unit.
pub const UNIT: &str = "groundswell.service";

/// Free bytes for us on the disk that holds a folder, and all of its bytes. `None` where the system does not say.
pub fn room(folder: &Path) -> Option<(u64, u64)> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some((disk.f_bavail.saturating_mul(disk.f_frsize), disk.f_blocks.saturating_mul(disk.f_frsize)))
}

/// Whether there is a process of this number. Where the system does not say, there is.
pub fn is_there(pid: u64) -> bool {
    !Path::new("/proc/self").exists() || Path::new("/proc").join(pid.to_string()).exists()
}

/// Tries to make a file in a folder and takes it away again.
///
/// # Errors
/// What the system says.
pub fn can_write(folder: &Path) -> std::io::Result<()> {
    let file = folder.join(format!(".groundswell-doctor-{}", std::process::id()));
    std::fs::OpenOptions::new().write(true).create_new(true).open(&file)?;
    std::fs::remove_file(&file)
}

/// Reads a file whole, where it is an ordinary one of at most so many bytes.
///
/// # Errors
/// What the system says, or that it is none or too large.
pub fn read_file(path: &Path, most: u64) -> std::io::Result<Vec<u8>> {
    use std::io::{Error, ErrorKind, Read};
    let meta = std::fs::metadata(path)?;
    if meta.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !meta.is_file() {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "it is no ordinary file but a device, a pipe or a socket",
        ));
    }
    let large = || {
        let most = most >> 20;
        Error::new(ErrorKind::FileTooLarge, format!("it is larger than {most} MB, the most that is read"))
    };
    // What is too large by far is not begun.
    if meta.len() > most {
        return Err(large());
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(large()) } else { Ok(bytes) }
}

/// Who may look into a folder or file, as the lower nine bits of its mode.
///
/// # Errors
/// What the system says.
pub fn mode(path: &Path) -> std::io::Result<u32> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o777)
}

/// What systemd on a machine knows of our unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// systemd runs the machine.
    pub runs_here: bool,
    /// The unit's file.
    pub file: Option<PathBuf>,
    /// It is started with the machine.
    pub enabled: bool,
    /// The program that it starts, where that is not there.
    pub lacks_program: Option<PathBuf>,
    /// It runs as a user that is there only while it runs (`DynamicUser`): files cannot be given to that user.
    pub dynamic_user: bool,
    /// Files that systemd hands over to it, by the name that it hands them over under (`LoadCredential`).
    pub credentials: BTreeMap<String, PathBuf>,
    /// The clock is held in step with others; `None` where systemd does not do that.
    pub clock_in_step: Option<bool>,
}

impl Unit {
    /// The folder in which systemd keeps what it hands over to the unit, while that runs.
    pub const CREDENTIALS: &str = "/run/credentials/groundswell.service";
}

/// Looks for our unit below `root`, which is `/` but for tests.
pub fn unit(root: &Path) -> Unit {
    let places = [
        "etc/systemd/system",
        "usr/local/lib/systemd/system",
        "usr/lib/systemd/system",
        "lib/systemd/system",
    ];
    let file = places.iter().map(|place| root.join(place).join(UNIT)).find(|path| path.is_file());
    let mut text = file.as_ref().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    // What `systemctl edit` and packages add, in the order in which systemd reads it: by the names of the files.
    let mut further: Vec<PathBuf> = places
        .iter()
        .filter_map(|place| std::fs::read_dir(root.join(place).join(format!("{UNIT}.d"))).ok())
        .flat_map(|folder| folder.flatten().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "conf"))
        .collect();
    further.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    for path in further {
        text.push('\n');
        text.push_str(&std::fs::read_to_string(path).unwrap_or_default());
    }
    let program = text
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="))
        .and_then(|line| line.trim_start_matches(['-', '+', '!', ':', '@']).split_whitespace().next())
        .map(PathBuf::from);
    let setting = |key: &str| {
        let key = format!("{key}=");
        text.lines().filter_map(|line| line.trim().strip_prefix(&key)).map(str::to_owned).collect::<Vec<_>>()
    };
    let dynamic_user =
        setting("DynamicUser").last().is_some_and(|v| matches!(v.trim(), "yes" | "true" | "on" | "1"));
    let credentials = setting("LoadCredential")
        .iter()
        .filter_map(|line| line.trim().split_once(':'))
        .map(|(name, path)| (name.to_owned(), PathBuf::from(path)))
        .collect();
    let wanted = root.join("etc/systemd/system/multi-user.target.wants").join(UNIT);
    let timesync = root.join("run/systemd/timesync");
    Unit {
        runs_here: root.join("run/systemd/system").is_dir(),
        enabled: wanted.symlink_metadata().is_ok(),
        lacks_program: program
            .filter(|path| !path.strip_prefix("/").is_ok_and(|inner| root.join(inner).is_file())),
        dynamic_user,
        credentials,
        clock_in_step: timesync.is_dir().then(|| timesync.join("synchronized").exists()),
        file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_found_with_what_it_lacks() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        assert_eq!(unit(root), Unit::default());
        for folder in ["run/systemd/system", "run/systemd/timesync", "lib/systemd/system", "usr/bin"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        let file = root.join("lib/systemd/system").join(UNIT);
        std::fs::write(&file, "[Service]\nExecStart=/usr/bin/groundswell run\n").unwrap();
        let found = unit(root);
        assert_eq!(
            (found.runs_here, found.file.as_deref(), found.enabled),
            (true, Some(file.as_path()), false)
        );
        assert_eq!(found.lacks_program.as_deref(), Some(Path::new("/usr/bin/groundswell")));
        assert_eq!(found.clock_in_step, Some(false));
        std::fs::write(root.join("usr/bin/groundswell"), "").unwrap();
        std::fs::write(root.join("run/systemd/timesync/synchronized"), "").unwrap();
        let wants = root.join("etc/systemd/system/multi-user.target.wants");
        std::fs::create_dir_all(&wants).unwrap();
        std::os::unix::fs::symlink("/nowhere", wants.join(UNIT)).unwrap();
        let found = unit(root);
        assert_eq!((found.lacks_program, found.enabled, found.clock_in_step), (None, true, Some(true)));
    }

    #[test]
    fn what_was_added_to_a_unit_counts() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        let (shipped, added) =
            (root.join("lib/systemd/system"), root.join("etc/systemd/system").join(format!("{UNIT}.d")));
        std::fs::create_dir_all(&shipped).unwrap();
        std::fs::create_dir_all(&added).unwrap();
        std::fs::write(shipped.join(UNIT), "[Service]\nDynamicUser=yes\nLoadCredential=a:/etc/a\n").unwrap();
        std::fs::write(added.join("override.conf"), "[Service]\nLoadCredential=b:/etc/b\n").unwrap();
        let found = unit(root);
        assert!(found.dynamic_user);
        let names: Vec<&str> = found.credentials.keys().map(String::as_str).collect();
        assert_eq!(names, ["a", "b"]);
        std::fs::write(added.join("z.conf"), "[Service]\nDynamicUser=no\n").unwrap();
        assert!(!unit(root).dynamic_user);
    }

    #[test]
    fn a_disk_has_room_and_a_folder_can_be_tried() {
        let dir = tempfile::tempdir().unwrap();
        let (free, all) = room(dir.path()).unwrap();
        assert!(free <= all && all > 0);
        can_write(dir.path()).unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left behind");
        assert!(can_write(&dir.path().join("nowhere")).is_err());
    }
}
