// The errors every storage engine answers with. Not those of opening a data directory or of
// migrations.
#pragma once

#include "protocol/base/error.hpp"

namespace ff::storage {

inline constexpr ErrorDef disk_full{"pkg/storage", "disk_full", Code::resource_exhausted,
                                    "no space left on the disk of `{path}`: {detail}"};
/// Bytes on the disk are not what was written. Do not retry: restore a backup or fail over.
inline constexpr ErrorDef corruption{"pkg/storage", "corruption", Code::data_loss,
                                     "the store `{path}` is damaged: {detail}"};
inline constexpr ErrorDef io_failed{"pkg/storage", "io_failed", Code::unavailable,
                                    "input or output failed on `{path}`: {detail}"};
inline constexpr ErrorDef not_open{"pkg/storage", "not_open", Code::failed_precondition,
                                   "there is no store in `{path}`: {detail}"};
inline constexpr ErrorDef locked{
    "pkg/storage", "locked", Code::failed_precondition,
    "`{path}` is in use by another process (one farfield per data directory): {detail}"};
inline constexpr ErrorDef unknown_family{
    "pkg/storage", "unknown_family", Code::failed_precondition,
    "`{path}` holds column families of a newer version: {detail}"};
/// A batch from outside that does not parse.
inline constexpr ErrorDef malformed_batch{"pkg/storage", "malformed_batch", Code::invalid_argument,
                                          "write batch is malformed at byte {offset}"};
inline constexpr ErrorDef engine_failed{"pkg/storage", "engine_failed", Code::internal,
                                        "storage engine failed on `{path}`: {detail}"};

}  // namespace ff::storage
