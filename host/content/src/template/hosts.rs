//! The names that a server goes by: hosts, their sub-domains, and both in the
//! form that DNS has.

use std::collections::BTreeMap;

use thiserror::Error;

/// Full names by sub-domain, by alternate name of the host: the shape of
/// wptserve's `domains`, `not_domains` and `all_domains`.
pub type Domains = BTreeMap<String, BTreeMap<String, String>>;

/// What a server's names are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    /// The host itself, as in `web-platform.test`.
    pub browser_host: String,
    /// Other hosts by the name that templates call them, as in `alt`.
    pub alternate_hosts: BTreeMap<String, String>,
    /// Sub-domains that every host has, as people write them: `www`, `élève`.
    pub subdomains: Vec<String>,
    /// Sub-domains that are not to resolve.
    pub not_subdomains: Vec<String>,
}

/// A sub-domain that cannot be a name in DNS (UTS #46, RFC 5891).
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("\"{0}\" cannot be a domain name")]
pub struct BadDomain(pub String);

impl Hosts {
    /// wptserve's `domains`: each host's sub-domains, and under the empty name
    /// the host.
    ///
    /// # Errors
    /// A sub-domain that cannot be a name.
    pub fn domains(&self) -> Result<Domains, BadDomain> {
        let mut domains = self.below(&self.subdomains)?;
        for (alternate, host) in self.all() {
            let names = domains.entry(alternate.to_owned()).or_default();
            names.insert(String::new(), host.to_owned());
        }
        Ok(domains)
    }

    /// wptserve's `not_domains`: the same of the sub-domains that are not to
    /// resolve, without the hosts.
    ///
    /// # Errors
    /// Those of [`Hosts::domains`].
    pub fn not_domains(&self) -> Result<Domains, BadDomain> {
        self.below(&self.not_subdomains)
    }

    /// wptserve's `all_domains`, which `{{domains[…]}}` and `{{hosts[…][…]}}`
    /// look into: both together.
    ///
    /// # Errors
    /// Those of [`Hosts::domains`].
    pub fn all_domains(&self) -> Result<Domains, BadDomain> {
        let mut all = self.domains()?;
        for (alternate, names) in self.not_domains()? {
            all.entry(alternate).or_default().extend(names);
        }
        Ok(all)
    }

    fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        let alternate = self.alternate_hosts.iter();
        std::iter::once(("", &*self.browser_host))
            .chain(alternate.map(|(name, host)| (&**name, &**host)))
    }

    fn below(&self, subdomains: &[String]) -> Result<Domains, BadDomain> {
        let mut labels = Vec::with_capacity(subdomains.len());
        for subdomain in subdomains {
            let ascii =
                idna::domain_to_ascii(subdomain).map_err(|_| BadDomain(subdomain.clone()))?;
            labels.push((subdomain, ascii));
        }
        let names = |host: &str| {
            labels
                .iter()
                .map(|(subdomain, ascii)| (String::clone(subdomain), format!("{ascii}.{host}")))
                .collect()
        };
        Ok(self
            .all()
            .map(|(alternate, host)| (alternate.to_owned(), names(host)))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> Hosts {
        Hosts {
            browser_host: "web-platform.test".to_owned(),
            alternate_hosts: [("alt".to_owned(), "not-web-platform.test".to_owned())].into(),
            subdomains: ["www", "天気の良い日", "élève", "www.élève"]
                .map(str::to_owned)
                .into(),
            not_subdomains: vec!["nonexistent".to_owned()],
        }
    }

    #[test]
    fn subdomains_are_in_the_form_of_dns() {
        let all = hosts().all_domains().unwrap();
        let main = &all[""];
        assert_eq!(main[""], "web-platform.test");
        assert_eq!(main["www"], "www.web-platform.test");
        assert_eq!(
            main["天気の良い日"],
            "xn--n8j6ds53lwwkrqhv28a.web-platform.test"
        );
        assert_eq!(main["élève"], "xn--lve-6lad.web-platform.test");
        assert_eq!(main["www.élève"], "www.xn--lve-6lad.web-platform.test");
        assert_eq!(main["nonexistent"], "nonexistent.web-platform.test");
        assert_eq!(all["alt"]["élève"], "xn--lve-6lad.not-web-platform.test");
    }

    #[test]
    fn what_does_not_resolve_is_told_apart() {
        let hosts = hosts();
        let not = hosts.not_domains().unwrap();
        assert_eq!(not[""].len(), 1);
        assert_eq!(
            not["alt"]["nonexistent"],
            "nonexistent.not-web-platform.test"
        );
        assert!(!hosts.domains().unwrap()[""].contains_key("nonexistent"));
    }

    #[test]
    fn what_cannot_be_a_name_is_refused() {
        let mut hosts = hosts();
        hosts.subdomains.push("xn--a".to_owned());
        assert_eq!(hosts.domains(), Err(BadDomain("xn--a".to_owned())));
    }
}
