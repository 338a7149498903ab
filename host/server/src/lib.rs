//! host/server
