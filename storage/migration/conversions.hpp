// What migrations do with one record: pure functions of it. Their order is registry.cpp's.
#pragma once

#include "storage/migration/migration.hpp"

namespace ff::storage {

/// 2: a membership is listed below its member, so that an account's entities are one range. Records
/// of other kinds stay as they are. Error: malformed_key.
Status list_membership(ByteView key, ByteView value, WriteBatch& out);

}  // namespace ff::storage
