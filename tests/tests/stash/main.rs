//! The stash, by the handler `stasher` on both protocols: everything in memory
//! and in Redis alike, and what only a Redis can do or suffer.

mod asking;
mod bounds;
mod lock;
mod queues;
mod redis;
mod tenants;
mod values;
mod wptserve;

use asking::Kept;

/// Each of these functions as a test in memory and one in Redis.
macro_rules! in_both_stores {
    ($($file:ident: $($name:ident)*;)*) => {
        mod in_memory {
            $($(#[test] fn $name() { super::$file::$name(&super::Kept::in_memory()); })*)*
        }
        mod in_redis {
            $($(#[test] fn $name() { super::$file::$name(&super::Kept::in_redis()); })*)*
        }
    };
}

in_both_stores! {
    values:
        what_is_put_is_taken_once
        empty_and_odd_values_are_values
        a_second_value_is_refused_and_the_first_stays
        a_key_is_a_path_and_a_uuid
        the_path_is_the_urls_without_its_query
        every_spelling_of_a_uuid_is_the_same_key
        what_is_no_uuid_is_an_error_and_by_itself_a_500;
    bounds:
        what_a_tenant_keeps_is_bounded_by_bytes
        what_a_tenant_keeps_is_bounded_by_number;
    tenants:
        tenants_have_nothing_in_common;
    lock:
        counting_with_the_lock_loses_nothing
        a_handler_that_dies_gives_the_lock_back
        a_client_that_leaves_gives_the_lock_back
        who_waits_for_the_lock_is_in_nobodys_way
        a_second_lock_would_wait_for_itself;
    queues:
        messages_come_out_as_they_went_in
        a_handler_waits_for_another_ones_message
        waiting_ends_with_its_timeout_and_with_the_request
        every_message_reaches_one_handler;
    wptserve:
        every_difference_is_a_row_of_compat_md;
}
