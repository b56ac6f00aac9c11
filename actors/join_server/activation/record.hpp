// The stored form of an application's activation settings: one entity of kind
// `activation_settings`.
#pragma once

#include "actors/join_server/activation/settings.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "storage/codec/key_seal.hpp"
#include "storage/engine/engine.hpp"

namespace ff::join_server::activation {

/// ON-DISK: a sealed record (storage/codec). Golden test:
/// test/actors/join_server/activation/registry_test.cpp.
Bytes encode_settings(const Settings& settings, const storage::KeySeal* maybe_seal = nullptr);
/// Total on any bytes. Errors: malformed_record, malformed_value, value_too_new; of KeySeal::open.
Result<Settings> decode_settings(ByteView row, const storage::KeySeal* maybe_seal = nullptr);

Bytes settings_key(const ApplicationId& application);
/// All that are stored. Blocking. Rows that do not parse are an error: a device must not be joined
/// as if its application had set nothing. A row whose key can not be unwrapped (its KEK's
/// generation is missing) costs its application alone, which has the error instead.
Result<SettingsMap> load_settings(const storage::Reader& store, const storage::KeySeal* maybe_seal);

}  // namespace ff::join_server::activation
