//! A connection that hands out one byte at a time for as long as it is readable to everybody.
//!
//! Whoever sits on the way can put replies of their own behind the server's answer to STARTTLS. A client that reads
//! ahead would take them for replies that came protected. Reading no byte more than it asks for, it leaves them where
//! they are, and the handshake fails on them.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::smtp::Tape;

/// First byte of a TLS handshake; no SMTP command begins with it.
const HANDSHAKE: u8 = 0x16;

/// See the module.
#[derive(Debug)]
pub(super) struct Wary {
    inner: TcpStream,
    /// We have begun to speak TLS: what comes now cannot be forged.
    secure: bool,
    /// What is said while everybody can read it.
    tape: Tape,
}

impl Wary {
    pub(super) fn new(inner: TcpStream, tape: Tape) -> Self {
        Self { inner, secure: false, tape }
    }
}

impl AsyncTokioStream for Wary {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.peer_addr()
    }
}

impl AsyncRead for Wary {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.secure || buf.remaining() == 0 {
            return Pin::new(&mut self.inner).poll_read(cx, buf);
        }
        let mut byte = [0_u8; 1];
        let mut one = ReadBuf::new(&mut byte);
        ready!(Pin::new(&mut self.inner).poll_read(cx, &mut one))?;
        self.tape.keep(false, one.filled());
        buf.put_slice(one.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wary {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.secure |= bytes.first() == Some(&HANDSHAKE);
        let written = ready!(Pin::new(&mut self.inner).poll_write(cx, bytes))?;
        if !self.secure {
            self.tape.keep(true, bytes.get(..written).unwrap_or_default());
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
