//! host/content
