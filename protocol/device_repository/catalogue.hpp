// What is in a repository: brands and models that belong together, found by id, number and words.
// Made of documents once, then only read. [spec devices-repository-templates-qr §1.1, §1.6]
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/types/application_messages.hpp"

namespace ff::device_repository {

/// What a vendor's profile number stands for.
struct VendorTarget {
  /// The product; without a model only the brand is said, and the profile is named below.
  DeviceVersionIds product;
  std::string profile_id;
  std::string codec_id;
};

struct Brand {
  std::string brand_id;
  std::string name;
  std::string document;  // JSON of EndDeviceBrand, `logo` as in its file
  std::uint32_t vendor_id = 0;
  std::map<std::uint32_t, VendorTarget> profiles;
  std::string words;  // in lower case, for searches
};

struct Model {
  std::string brand_id;
  std::string model_id;
  std::string name;
  std::string document;  // JSON of EndDeviceModel, `photos` as in its file
  std::string words;
};

/// Where the documents of a product's profile are: in the folder of `vendor`.
struct ProfilePlace {
  std::string vendor;
  std::string profile_id;
  std::string codec_id;  // empty: there is none
};

struct CatalogueQuery {
  std::string brand_id;     // of models; empty: all brands
  std::string search;       // every word has to be found
  std::string order_by;     // `brand_id`, `model_id`, `name`, with `-` in front: descending
  std::uint32_t limit = 0;  // 0: 1000
  std::uint32_t page = 0;   // from 1; 0 is the first too
};

template <class T>
struct CataloguePage {
  std::vector<const T*> entries;
  std::size_t total = 0;  // of all pages
};

class Catalogue {
 public:
  Catalogue() = default;
  Catalogue(Catalogue&&) = default;  // not copied: it refers to itself
  Catalogue& operator=(Catalogue&&) = default;
  /// Bodies of the kinds brands, brand and model by their path below `vendor/`. What is not named
  /// in an index is not there; what is damaged neither.
  static Catalogue make(const std::map<std::string, std::string>& bodies);

  CataloguePage<Brand> brands(const CatalogueQuery& query) const;
  CataloguePage<Model> models(const CatalogueQuery& query) const;
  /// Null: there is none.
  const Brand* brand(std::string_view brand_id) const;
  const Model* model(std::string_view brand_id, std::string_view model_id) const;

  /// Errors: no_such_brand, no_such_model, firmware_version_not_found, band_not_found,
  /// no_profile_for_band.
  Result<ProfilePlace> profile_of(const DeviceVersionIds& product) const;
  /// By the LoRa Alliance's number of the vendor and the vendor's own. Errors:
  /// missing_profile_identifiers, brand_with_vendor_id_not_found, vendor_profile_id_not_found.
  Result<VendorTarget> target_of(std::uint32_t vendor_id, std::uint32_t vendor_profile_id) const;

 private:
  std::map<std::string, Brand, std::less<>> brands_;
  std::map<std::pair<std::string, std::string>, Model> models_;
  std::map<std::uint32_t, const Brand*> by_vendor_id_;
};

}  // namespace ff::device_repository
