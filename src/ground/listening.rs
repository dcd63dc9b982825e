//! What to do where a port cannot be listened on.

use std::io::{Error, ErrorKind};

/// What to do when listening at an address fails with this error; continues a sentence.
pub fn cannot_listen(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::AddrInUse => "ss -ltnp shows who listens there; take another port",
        ErrorKind::AddrNotAvailable => {
            "this machine does not have that address: ip address shows those it has; 127.0.0.1 is for this machine alone"
        }
        ErrorKind::PermissionDenied => {
            "ports below 1024 are for root: take one above, and let a reverse proxy stand in front"
        }
        _ => "take another address or port",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_own_advice() {
        let said = |kind: ErrorKind| cannot_listen(&Error::from(kind));
        assert!(said(ErrorKind::AddrInUse).contains("ss -ltnp"));
        assert!(said(ErrorKind::AddrNotAvailable).contains("does not have that address"));
        assert!(said(ErrorKind::PermissionDenied).contains("1024"));
        assert!(!said(ErrorKind::Other).contains("who listens"));
    }
}
