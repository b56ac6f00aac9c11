// Marks message types that never leave the process. There are no others: components speak with
// each other as actors of one process. [ADR 31]
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

/// Use at global scope, beside the message's definition, with the qualified name. CAF then neither
/// serialises nor prints it.
#define FF_LOCAL_MESSAGE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(type)
