// What is asked of a stored repository: functions of the catalogue and the store, run where both
// may be read.
#pragma once

#include <string>

#include "protocol/base/result.hpp"
#include "protocol/device_repository/answer.hpp"
#include "protocol/device_repository/catalogue.hpp"
#include "storage/engine/engine.hpp"

namespace ff::device_repository {

struct RepositoryView {
  const Catalogue& catalogue;
  const storage::Reader& store;
};

/// Of the rows that are stored. Errors: the store's.
Result<Catalogue> read_catalogue(const storage::Reader& store);

/// JSON of an EndDeviceTemplate. Errors: those of Catalogue::profile_of and make_template,
/// document_missing.
Result<std::string> find_template(const RepositoryView& view, const DeviceVersionIds& product);
/// The same by the numbers of the LoRa Alliance. Errors: those of Catalogue::target_of too.
Result<std::string> find_template(const RepositoryView& view, std::uint32_t vendor_id,
                                  std::uint32_t vendor_profile_id);

struct FoundScript {
  std::string codec_id;
  std::string script;
  std::string examples;  // a JSON list
};
/// Errors: those of Catalogue::profile_of, no_codec, no_decoder, no_encoder.
Result<FoundScript> find_script(const RepositoryView& view, const DeviceVersionIds& product,
                                CodecFunction function);

}  // namespace ff::device_repository
