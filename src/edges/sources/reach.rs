//! Which addresses a server may send us to. The address in the settings may be anything; one that a redirect or its
//! name server names may not lead into our own machine or network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// From where an address can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// This machine.
    Loopback,
    /// This link, cloud metadata services among it.
    LinkLocal,
    /// A private network.
    Private,
    /// Neither here nor in the world: unspecified, broadcast, multicast, documentation and other reserved ranges.
    Special,
    /// The world.
    Public,
}

/// An address as it may be shown and logged: private feeds carry their key in the query, or before the host.
pub(super) fn shown(address: &str) -> String {
    let Ok(mut url) = Url::parse(address) else { return address.to_owned() };
    if !url.username().is_empty() || url.password().is_some() {
        // No address with a host refuses either.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    let names: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    let shown = match url.query() {
        Some(_) => {
            url.set_query(None);
            let hidden: Vec<String> = names.iter().map(|name| format!("{name}=…")).collect();
            format!("{url}?{}", hidden.join("&"))
        }
        None => url.to_string(),
    };
    // As it stands in the settings, where nothing had to be hidden.
    if names.is_empty() && !address.contains('@') { address.to_owned() } else { shown }
}

/// From where `address` can be reached.
pub(super) fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => reach_v6(v6),
    }
}

fn reach_v4(v4: Ipv4Addr) -> Reach {
    match v4.octets() {
        [127, ..] => Reach::Loopback,
        [169, 254, ..] => Reach::LinkLocal,
        [100, b, ..] if (64..128).contains(&b) => Reach::Private, // carrier-grade NAT
        [0, ..] | [192, 0, 0, _] | [198, 18..=19, ..] | [224..=255, ..] => Reach::Special,
        _ if v4.is_private() => Reach::Private,
        _ if v4.is_documentation() => Reach::Special,
        _ => Reach::Public,
    }
}

fn reach_v6(v6: Ipv6Addr) -> Reach {
    if let Some(v4) = v6.to_ipv4_mapped() {
        return reach_v4(v4);
    }
    let [first, second, ..] = v6.segments();
    match first {
        _ if v6.is_loopback() => Reach::Loopback,
        0xfe80..=0xfebf => Reach::LinkLocal,
        0xfc00..=0xfdff | 0xfec0..=0xfeff => Reach::Private,
        // Addresses that carry an IPv4 address inside (NAT64, 6to4, Teredo, IPv4-compatible) could lead anywhere.
        0 | 0x64 | 0x2002 | 0x0100 | 0xff00..=0xffff => Reach::Special,
        0x2001 if second == 0 || second == 0x0db8 => Reach::Special,
        _ => Reach::Public,
    }
}

/// What one configured address allows: itself (scheme, host and port), and the world. Another port of this machine, or another
/// machine of our network, is another program, which nobody named, whatever other settings name it. Of a stream, the host alone has to be
/// the settings' own: servers have a port of its own for it.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    scheme: String,
    host: String,
    port: Option<u16>,
    /// Hosts of the proxies that the environment names: the operator's choice as well. Behind a proxy it is the proxy
    /// that looks up the names, and only literal addresses are checked here.
    proxies: Vec<String>,
    own: Arc<Mutex<Vec<Reach>>>,
}

impl Guard {
    /// The guard of a configured address.
    pub(super) fn new(configured: &Url) -> Self {
        let mut own = Vec::new();
        match configured.host() {
            Some(Host::Ipv4(v4)) => own.push(reach_v4(v4)),
            Some(Host::Ipv6(v6)) => own.push(reach_v6(v6)),
            Some(Host::Domain("localhost")) => own.push(Reach::Loopback),
            _ => {}
        }
        let proxies = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
            .iter()
            .filter_map(|name| std::env::var(name).ok())
            .filter_map(|proxy| Url::parse(&proxy).ok()?.host_str().map(str::to_owned))
            .collect();
        let host = configured.host_str().unwrap_or_default().to_owned();
        let (scheme, port) = (configured.scheme().to_owned(), configured.port_or_known_default());
        Self { scheme, host, port, proxies, own: Arc::new(Mutex::new(own)) }
    }

    /// Whether a redirect may lead to `url`. A name is checked again when it is resolved.
    pub(super) fn check(&self, url: &Url) -> Result<(), String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("it redirects to {url}, and only http and https are followed"));
        }
        let is_own = url.host_str() == Some(&self.host);
        let is_the_same = is_own && url.scheme() == self.scheme && url.port_or_known_default() == self.port;
        let allowed = match url.host() {
            None => return Err(format!("it redirects to {url}, which names no host")),
            _ if is_the_same => true,
            // The same name at another port: what it resolves to is known from the settings' own address.
            Some(Host::Domain(_)) if is_own => self
                .own
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .iter()
                .all(|own| *own == Reach::Public),
            Some(Host::Domain(_)) => true,
            Some(Host::Ipv4(v4)) => reach_v4(v4) == Reach::Public,
            Some(Host::Ipv6(v6)) => reach_v6(v6) == Reach::Public,
        };
        if allowed {
            Ok(())
        } else {
            Err(format!(
                "it redirects to {url}, which is not on the public internet; such an address is only read when the \
                 settings name it"
            ))
        }
    }

    /// Looks up what the configured name resolves to, where nobody has connected to it yet. One that has no address teaches nothing.
    pub(super) async fn learn(&self) {
        if self.own.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
            && let Ok(found) = tokio::net::lookup_host((self.host.as_str(), 0)).await
        {
            self.sift(&self.host, found.collect());
        }
    }

    /// The addresses of a server for other protocols than HTTP, which look names up by themselves: those that may be
    /// connected to.
    ///
    /// # Errors
    /// There are none; the message continues the server's address.
    pub(super) async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, String> {
        let port = url.port_or_known_default().unwrap_or(443);
        let allowed = match url.host() {
            Some(Host::Ipv4(v4)) => self.allowed(url, IpAddr::V4(v4), port),
            Some(Host::Ipv6(v6)) => self.allowed(url, IpAddr::V6(v6), port),
            Some(Host::Domain(name)) => {
                let found = tokio::net::lookup_host((name, port)).await;
                self.sift(name, found.map_err(|e| format!("has no address: {e}"))?.collect())
            }
            None => Vec::new(),
        };
        if allowed.is_empty() {
            return Err("has no address on the public internet; such an address is only used when the settings name it".to_owned());
        }
        Ok(allowed)
    }

    fn allowed(&self, url: &Url, address: IpAddr, port: u16) -> Vec<SocketAddr> {
        let may = url.host_str() == Some(&self.host) || reach(address) == Reach::Public;
        may.then(|| SocketAddr::new(address, port)).into_iter().collect()
    }

    /// Of the addresses that `name` resolved to, those that may be connected to. What the configured name resolves
    /// to is the operator's choice, and is noted as our own.
    fn sift(&self, name: &str, found: Vec<SocketAddr>) -> Vec<SocketAddr> {
        if name.eq_ignore_ascii_case(&self.host) {
            let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
            for reach in found.iter().map(|a| reach(a.ip())) {
                if !own.contains(&reach) {
                    own.push(reach);
                }
            }
            return found;
        }
        let is_proxy = self.proxies.iter().any(|proxy| proxy.eq_ignore_ascii_case(name));
        found.into_iter().filter(|a| is_proxy || reach(a.ip()) == Reach::Public).collect()
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed = guard.sift(name.as_str(), found);
            if allowed.is_empty() {
                return Err(format!("{} has no address on the public internet", name.as_str()).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_an_address_are_not_shown() {
        for (address, as_shown) in [
            ("https://example.org/feed", "https://example.org/feed"),
            ("http://user:word@example.org:81/feed?key=SECRET&n=5", "http://example.org:81/feed?key=…&n=…"),
            ("https://token@example.org/feed", "https://example.org/feed"),
            ("no address", "no address"),
        ] {
            assert_eq!(shown(address), as_shown);
        }
    }

    fn guard(url: &str) -> Guard {
        Guard::new(&Url::parse(url).unwrap())
    }

    fn check(configured: &str, to: &str) -> bool {
        guard(configured).check(&Url::parse(to).unwrap()).is_ok()
    }

    #[test]
    fn a_public_feed_cannot_send_us_home() {
        let from = "https://feeds.example.org/a";
        for to in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[fd00::1]/",
            "http://[fe80::1]/",
            "http://10.1.2.3/",
            "http://192.168.0.1/",
            "http://172.31.0.1/",
            "http://100.100.100.200/",
            "http://169.254.169.254/latest/meta-data",
            "http://0.0.0.0/",
            "http://255.255.255.255/",
            "file:///etc/passwd",
        ] {
            assert!(!check(from, to), "{to}");
        }
        for to in ["https://93.184.215.14/", "https://elsewhere.example/", "http://[2606:4700::1111]/"] {
            assert!(check(from, to), "{to}");
        }
    }

    #[tokio::test]
    async fn a_feed_at_home_reaches_itself_and_no_other_program_or_machine_at_home() {
        for (configured, to) in [
            ("http://127.0.0.1:8080/feed", "http://127.0.0.1:8080/other"),
            ("http://10.0.0.5/feed", "http://10.0.0.5:80/other"),
            ("http://10.0.0.5/feed", "https://elsewhere.example/"),
        ] {
            assert!(check(configured, to), "{configured} {to}");
        }
        for (configured, to) in [
            ("http://127.0.0.1:8080/feed", "http://127.0.0.1:9090/feed"),
            ("http://localhost/feed", "http://127.0.0.2/feed"),
            ("http://localhost:8080/feed", "http://localhost:9090/feed"),
            ("http://10.0.0.5/feed", "http://192.168.1.1/feed"),
            ("http://10.0.0.5/feed", "http://10.0.0.5:8500/"),
            ("http://10.0.0.5/feed", "https://10.0.0.5/feed"),
            ("http://10.0.0.5:8080/feed", "https://10.0.0.5:8080/feed"),
            ("http://10.0.0.5/feed", "http://169.254.169.254/"),
            ("http://127.0.0.1/feed", "http://10.0.0.5/"),
        ] {
            assert!(!check(configured, to), "{configured} {to}");
        }
        // A name is as public as what it resolves to.
        let intranet = guard("https://wiki.corp.example/");
        intranet.sift("wiki.corp.example", vec!["10.0.0.1:0".parse().unwrap()]);
        assert!(intranet.check(&Url::parse("https://wiki.corp.example:8443/").unwrap()).is_err());
        let public = guard("https://feeds.example.org/");
        public.sift("feeds.example.org", vec!["93.184.215.14:0".parse().unwrap()]);
        public.learn().await;
        assert!(public.check(&Url::parse("https://feeds.example.org:8443/").unwrap()).is_ok());
    }

    #[tokio::test]
    async fn other_protocols_reach_no_further() {
        let from = guard("https://feeds.example.org/a");
        let addresses = async |guard: &Guard, to: &str| guard.addresses(&Url::parse(to).unwrap()).await;
        for to in ["wss://127.0.0.1/x", "ws://[::1]:4000/", "wss://169.254.169.254/", "wss://localhost/"] {
            assert!(addresses(&from, to).await.unwrap_err().contains("public internet"), "{to}");
        }
        let world: Vec<SocketAddr> = vec!["93.184.215.14:443".parse().unwrap()];
        assert_eq!(addresses(&from, "wss://93.184.215.14/x").await, Ok(world));
        let home = guard("http://127.0.0.1:1/a");
        assert_eq!(
            addresses(&home, "ws://127.0.0.1:4000/").await,
            Ok(vec!["127.0.0.1:4000".parse().unwrap()])
        );
        for to in ["ws://169.254.169.254/", "ws://127.0.0.2:4000/", "ws://10.0.0.5/", "ws://localhost:4000/"]
        {
            assert!(addresses(&home, to).await.is_err(), "{to}");
        }
    }

    #[test]
    fn names_are_checked_by_what_they_resolve_to() {
        let all: Vec<SocketAddr> =
            ["10.0.0.1:0", "93.184.215.14:0", "127.0.0.1:0"].iter().map(|a| a.parse().unwrap()).collect();
        let public = guard("https://feeds.example.org/");
        assert_eq!(public.sift("evil.example", all.clone()), [all[1]]);
        let intranet = guard("https://wiki.corp.example/");
        assert_eq!(intranet.sift("wiki.corp.example", vec![all[0]]), [all[0]]);
        assert_eq!(intranet.sift("other.corp.example", all.clone()), [all[1]]);
        let behind = Guard { proxies: vec!["proxy.corp.example".into()], ..public };
        assert_eq!(behind.sift("Proxy.corp.example", vec![all[0]]), [all[0]]);
    }
}
