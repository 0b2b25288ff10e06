//! What an IP address is good for, by the registries of special addresses.
//!
//! Ranges: IANA's registries of IPv4 and IPv6 special-purpose addresses (RFC 6890 and its successors), and
//! the addresses at which cloud providers tell machines their secrets.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressKind {
    /// A machine on the internet.
    Public,
    /// This very machine.
    Loopback,
    /// A network nobody outside reaches: private, shared by a carrier, or unique local.
    Private,
    /// The neighbours on the same wire.
    LinkLocal,
    /// Where a cloud provider tells a machine its secrets.
    Metadata,
    /// An IPv4 address in IPv6 clothes: mapped, translated or tunnelled. Refused whatever it holds, since
    /// what the network makes of it cannot be known from here.
    Embedded,
    /// Not one machine, or nobody's: unspecified, multicast, broadcast, documentation, tests, reserved.
    Reserved,
}

/// Sorts `address`. Everything that is not known to be public counts as something else.
pub fn classify(address: IpAddr) -> AddressKind {
    match address {
        IpAddr::V4(address) => classify_v4(address),
        IpAddr::V6(address) => classify_v6(address),
    }
}

/// Addresses of metadata services, as their providers document them: AWS, Google, Azure, DigitalOcean and
/// others share the first; then AWS's task roles, Alibaba, Oracle, and Azure's own wire server, which lies in
/// an otherwise public range.
const METADATA_V4: [Ipv4Addr; 5] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
    Ipv4Addr::new(168, 63, 129, 16),
];

/// AWS's metadata over IPv6.
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254);

fn classify_v4(address: Ipv4Addr) -> AddressKind {
    if METADATA_V4.contains(&address) {
        return AddressKind::Metadata;
    }
    match address.octets() {
        [127, ..] => AddressKind::Loopback,
        [169, 254, ..] => AddressKind::LinkLocal,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => AddressKind::Private,
        // This network, protocol assignments, documentation, 6to4 relays, benchmarks, multicast, the future.
        [0, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18..=19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _]
        | [224..=255, ..] => AddressKind::Reserved,
        _ => AddressKind::Public,
    }
}

fn classify_v6(address: Ipv6Addr) -> AddressKind {
    if address == METADATA_V6 {
        return AddressKind::Metadata;
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => AddressKind::Loopback,
        [0, 0, 0, 0, 0, 0, 0, 0] => AddressKind::Reserved,
        // v4-compatible, v4-mapped, v4-translated, NAT64 (well-known and local), Teredo, 6to4.
        [0, 0, 0, 0, 0 | 0xffff, ..] | [0x64, 0xff9b, ..] | [0x2001, 0, ..] | [0x2002, ..] => {
            AddressKind::Embedded
        }
        [0xfe80..=0xfebf, ..] => AddressKind::LinkLocal,
        // Unique local, and site local as it once was.
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => AddressKind::Private,
        // Protocol assignments (2001::/23) and documentation.
        [0x2001, 0..=0x01ff, ..] | [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => AddressKind::Reserved,
        // The only block that global unicast addresses are handed out from.
        [0x2000..=0x3fff, ..] => AddressKind::Public,
        _ => AddressKind::Reserved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kind(text: &str) -> AddressKind {
        classify(text.parse().expect(text))
    }

    #[test]
    fn ranges_begin_and_end_where_the_registries_say() {
        use AddressKind::{Embedded, LinkLocal, Loopback, Metadata, Private, Public, Reserved};
        for (text, expected) in [
            ("0.0.0.0", Reserved),
            ("0.255.255.255", Reserved),
            ("1.0.0.0", Public),
            ("9.255.255.255", Public),
            ("10.0.0.0", Private),
            ("10.255.255.255", Private),
            ("11.0.0.0", Public),
            ("100.63.255.255", Public),
            ("100.64.0.0", Private),
            ("100.127.255.255", Private),
            ("100.128.0.0", Public),
            ("126.255.255.255", Public),
            ("127.0.0.1", Loopback),
            ("127.255.255.255", Loopback),
            ("128.0.0.0", Public),
            ("169.253.255.255", Public),
            ("169.254.0.1", LinkLocal),
            ("169.254.169.254", Metadata),
            ("169.254.170.2", Metadata),
            ("168.63.129.16", Metadata),
            ("168.63.129.17", Public),
            ("172.15.255.255", Public),
            ("172.16.0.0", Private),
            ("172.31.255.255", Private),
            ("172.32.0.0", Public),
            ("192.0.0.1", Reserved),
            ("192.0.1.1", Public),
            ("192.0.2.1", Reserved),
            ("192.88.99.1", Reserved),
            ("192.167.255.255", Public),
            ("192.168.0.0", Private),
            ("192.169.0.0", Public),
            ("198.17.255.255", Public),
            ("198.18.0.0", Reserved),
            ("198.19.255.255", Reserved),
            ("198.20.0.0", Public),
            ("198.51.100.7", Reserved),
            ("203.0.113.7", Reserved),
            ("223.255.255.255", Public),
            ("224.0.0.1", Reserved),
            ("255.255.255.255", Reserved),
            ("::", Reserved),
            ("::1", Loopback),
            ("::2", Embedded),
            ("::7f00:1", Embedded),
            ("::ffff:127.0.0.1", Embedded),
            ("::ffff:93.184.215.14", Embedded),
            ("::ffff:0:10.0.0.1", Embedded),
            ("64:ff9b::a00:1", Embedded),
            ("64:ff9b:1::1", Embedded),
            ("2001::1", Embedded),
            ("2002:7f00:1::", Embedded),
            ("2001:1::1", Reserved),
            ("2001:1ff::1", Reserved),
            ("2001:200::1", Public),
            ("2001:db8::1", Reserved),
            ("3fff::1", Reserved),
            ("3fff:1000::1", Public),
            ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", Public),
            ("fc00::1", Private),
            ("fd00:ec2::254", Metadata),
            ("fdff::1", Private),
            ("fe80::1", LinkLocal),
            ("febf::1", LinkLocal),
            ("fec0::1", Private),
            ("ff02::1", Reserved),
            ("100::1", Reserved),
            ("4000::1", Reserved),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    proptest! {
        /// The standard library's own tests of an address never call private what is public here.
        #[test]
        fn public_means_public_to_everyone(bits in any::<u32>()) {
            let address = Ipv4Addr::from(bits);
            if classify(address.into()) == AddressKind::Public {
                prop_assert!(!(address.is_private() || address.is_loopback() || address.is_link_local()
                    || address.is_multicast() || address.is_broadcast() || address.is_documentation()
                    || address.is_unspecified()), "{address}");
            }
        }

        /// However an IPv4 address is wrapped, it is not public.
        #[test]
        fn wrapping_never_makes_an_address_public(bits in any::<u32>(), rest in any::<u64>()) {
            let v4 = Ipv4Addr::from(bits);
            let [a, b] = [(bits >> 16) as u16, bits as u16];
            let low = [(rest >> 48) as u16, (rest >> 32) as u16, (rest >> 16) as u16, rest as u16];
            let wrapped = [
                v4.to_ipv6_mapped(),
                v4.to_ipv6_compatible(),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, a, b),
                Ipv6Addr::new(0x2002, a, b, low[0], low[1], low[2], low[3], 1),
                Ipv6Addr::new(0x2001, 0, low[0], low[1], low[2], low[3], a, b),
            ];
            for address in wrapped {
                prop_assert_ne!(classify(address.into()), AddressKind::Public, "{}", address);
            }
        }

        /// Outside 2000::/3 there are no public addresses.
        #[test]
        fn only_global_unicast_is_public(bits in any::<u128>()) {
            let address = Ipv6Addr::from(bits);
            if address.segments()[0] >> 13 != 1 {
                prop_assert_ne!(classify(address.into()), AddressKind::Public, "{}", address);
            }
        }
    }
}
