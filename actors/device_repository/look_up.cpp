#include "actors/device_repository/look_up.hpp"

#include "actors/device_repository/record.hpp"
#include "protocol/device_repository/errors.hpp"

namespace ff::device_repository {
namespace {

/// An index names a file that is not there, or was wrong.
constexpr ErrorDef document_missing{"pkg/devicerepository", "document_missing", Code::not_found,
                                    "`{path}` is not in the repository"};

std::optional<std::string> body_of(const storage::Reader& store, const std::string& path,
                                   DocumentKind kind) {
  auto row = stored_row(store, path);
  if (!row || row->kind != kind) return std::nullopt;
  return std::move(row->body);
}

Result<std::string> template_at(const RepositoryView& view, const ProfilePlace& place,
                                const DeviceVersionIds& product) {
  const auto path = place.vendor + "/" + place.profile_id + ".yaml";
  const auto profile = body_of(view.store, path, DocumentKind::profile);
  if (!profile) return fail(document_missing, {{"path", path}});
  return make_template(*profile, product, !place.codec_id.empty());
}

}  // namespace

Result<Catalogue> read_catalogue(const storage::Reader& store) {
  std::map<std::string, std::string> bodies;
  const auto take = [&](ByteView key, ByteView value) {
    auto path = path_of_key(key);
    auto row = decode_row(value);
    const bool wanted = path && row &&
                        (row->kind == DocumentKind::brands || row->kind == DocumentKind::brand ||
                         row->kind == DocumentKind::model);
    if (wanted) bodies.emplace(*std::move(path), std::move(row->body));
    return true;
  };
  FF_CHECK(store.scan({.family = storage::Family::entity, .range = all_rows()}, take));
  return Catalogue::make(bodies);
}

Result<std::string> find_template(const RepositoryView& view, const DeviceVersionIds& product) {
  FF_TRY(const auto place, view.catalogue.profile_of(product));
  return template_at(view, place, product);
}

Result<std::string> find_template(const RepositoryView& view, std::uint32_t vendor_id,
                                  std::uint32_t vendor_profile_id) {
  FF_TRY(const auto target, view.catalogue.target_of(vendor_id, vendor_profile_id));
  if (!target.product.model_id.empty()) return find_template(view, target.product);
  return template_at(view, {target.product.brand_id, target.profile_id, target.codec_id},
                     target.product);
}

Result<FoundScript> find_script(const RepositoryView& view, const DeviceVersionIds& product,
                                CodecFunction function) {
  FF_TRY(const auto place, view.catalogue.profile_of(product));
  const auto codec =
      body_of(view.store, place.vendor + "/" + place.codec_id + ".yaml", DocumentKind::codec);
  if (place.codec_id.empty() || !codec)
    return fail(no_codec,
                {{"firmware_version", product.firmware_version}, {"band_id", product.band_id}});
  FF_TRY(auto part, part_of(*codec, function, place.codec_id));
  auto script = body_of(view.store, place.vendor + "/" + part.file, DocumentKind::script);
  if (!script) {
    const bool encodes = function == CodecFunction::encode_downlink;
    return fail(encodes ? no_encoder : no_decoder, {{"codec_id", place.codec_id}});
  }
  return FoundScript{place.codec_id, *std::move(script), std::move(part.examples)};
}

}  // namespace ff::device_repository
