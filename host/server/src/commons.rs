//! What several servers of one process share, each made when it is first needed.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use host_runtime::{Runtime, RuntimeConfig};
use parking_lot::Mutex;
use rcgen::{Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;

use crate::certs::{self, CertError, Obtained, covered};
use crate::{ServerError, tls};

/// A certificate authority in memory, and one engine for handlers: for processes
/// with many servers, as those of tests. Nothing of it is global: whoever makes
/// servers holds it.
#[derive(Debug, Default)]
pub struct Commons {
    /// Where compiled handlers are kept; nowhere if `None`.
    pub cache: Option<PathBuf>,
    /// The component that runs Python scripts; with `None` they are refused.
    pub python_runtime: Option<PathBuf>,
    authority: Mutex<Option<Authority>>,
    runtime: Mutex<Option<Arc<Runtime>>>,
}

struct Authority {
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
    /// What it has signed, by names.
    signed: HashMap<Vec<String>, CertifiedKey>,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl Commons {
    /// With nothing made yet.
    pub fn new(cache: Option<PathBuf>, python_runtime: Option<PathBuf>) -> Arc<Self> {
        Arc::new(Self {
            cache,
            python_runtime,
            ..Self::default()
        })
    }

    /// A certificate for these hosts and the local ones.
    pub(crate) fn certificate(&self, hosts: &[String]) -> Result<Obtained, CertError> {
        let mut authority = self.authority.lock();
        let authority = match &mut *authority {
            Some(authority) => authority,
            none => none.insert(Authority::new()?),
        };
        Ok(Obtained {
            certified: authority.sign(covered(hosts))?,
            ca: None,
            authority: Some(authority.certificate.clone()),
        })
    }

    /// The engine.
    pub(crate) fn runtime(&self) -> Result<Arc<Runtime>, ServerError> {
        let mut runtime = self.runtime.lock();
        if let Some(runtime) = &*runtime {
            return Ok(Arc::clone(runtime));
        }
        let made = Runtime::new(RuntimeConfig {
            cache_dir: self.cache.clone(),
            interpreter: self.python_runtime.clone(),
            ..RuntimeConfig::default()
        })?;
        *runtime = Some(Arc::clone(&made));
        Ok(made)
    }
}

impl Authority {
    fn new() -> Result<Self, CertError> {
        let (certificate, issuer) = certs::make_ca()?;
        Ok(Self {
            certificate: certificate.der().clone(),
            issuer,
            signed: HashMap::new(),
        })
    }

    fn sign(&mut self, names: Vec<String>) -> Result<CertifiedKey, CertError> {
        if let Some(certified) = self.signed.get(&names) {
            return Ok(certified.clone());
        }
        let (certificate, key) = certs::make_leaf(&names, &self.issuer)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let chain = vec![certificate.der().clone()];
        let certified = CertifiedKey::from_der(chain, key, &tls::provider())?;
        self.signed.insert(names, certified.clone());
        Ok(certified)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_authority_signs_for_all_names() {
        let commons = Commons::new(None, None);
        let a = commons.certificate(&["a.test".to_owned()]).unwrap();
        let again = commons.certificate(&["a.test".to_owned()]).unwrap();
        let local = commons.certificate(&[]).unwrap();
        assert_eq!(a.certified.cert, again.certified.cert);
        assert_ne!(a.certified.cert, local.certified.cert);
        assert_eq!(a.authority, local.authority);
        let other = Commons::new(None, None).certificate(&[]).unwrap();
        assert_ne!(other.authority, local.authority);
    }
}
