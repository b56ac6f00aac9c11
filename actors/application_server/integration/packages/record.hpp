// What is stored of package associations, and under which keys: rows of family `entity`, written by
// the registry alone. Cursors are rows of family `cursor`, and frames of devices rows of family
// `entity`, written by the consumers.
#pragma once

#include "actors/application_server/integration/cursors.hpp"
#include "actors/application_server/integration/packages/association.hpp"
#include "actors/application_server/integration/packages/frame_history.hpp"
#include "protocol/base/result.hpp"
#include "storage/engine/engine.hpp"
#include "storage/keys/keys.hpp"

namespace ff::application_server::packages {

/// ON-DISK: a sealed record. Golden test:
/// test/actors/application_server/integration/packages/record_test.cpp. Decoding is total on any
/// bytes. Errors: malformed_record, malformed_value, value_too_new.
Bytes encode_association(const Association& association);
Result<Association> decode_association(ByteView row);

/// Of both kinds. Error of the parser: malformed_key.
Bytes association_row_key(const AssociationKey& key);
storage::KeyRange association_rows();
Result<AssociationKey> parse_association_row_key(ByteView key);

/// ON-DISK: a sealed record; as encode_association(). Never without frames.
Bytes encode_frames(const SeenFrames& frames);
Result<SeenFrames> decode_frames(ByteView row);
/// Rows that are written, or erased where nothing is left.
void put_frames(storage::WriteBatch& batch, const ApplicationId& application_id,
                const FrameHistory::Devices& changed);

/// Whose cursors a consumer's are: `package/` and the package's name.
integration::Consumer consumer_of(const ConsumerKey& key);

}  // namespace ff::application_server::packages
