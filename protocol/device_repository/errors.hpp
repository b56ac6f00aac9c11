// Errors of the device repository that users see; names are the reference's.
// [shared/api/errors.tsv pkg/devicerepository]
#pragma once

#include "protocol/base/error.hpp"

namespace ff::device_repository {

inline constexpr ErrorDef brand_not_found{"pkg/devicerepository", "brand_not_found",
                                          Code::not_found, "brand `{brand_id}` not found"};
inline constexpr ErrorDef model_not_found{"pkg/devicerepository", "model_not_found",
                                          Code::not_found,
                                          "model `{brand_id}/{model_id}` not found"};
inline constexpr ErrorDef band_not_found{"pkg/devicerepository/store/remote", "band_not_found",
                                         Code::not_found, "band `{band_id}` not found"};
inline constexpr ErrorDef no_such_brand{"pkg/devicerepository/store/remote", "brand_not_found",
                                        Code::not_found, "brand `{brand_id}` not found"};
inline constexpr ErrorDef no_such_model{"pkg/devicerepository/store/remote", "model_not_found",
                                        Code::not_found, "model `{brand_id}/{model_id}` not found"};
inline constexpr ErrorDef brand_with_vendor_id_not_found{
    "pkg/devicerepository/store/remote", "brand_with_vendor_id_not_found", Code::not_found,
    "brand with vendor ID `{vendor_id}` not found"};
inline constexpr ErrorDef vendor_profile_id_not_found{
    "pkg/devicerepository/store/remote", "vendor_profile_id_not_found", Code::not_found,
    "vendor profile ID `{vendor_profile_id}` not found for vendor ID `{vendor_id}`"};
inline constexpr ErrorDef firmware_version_not_found{
    "pkg/devicerepository/store/remote", "firmware_version_not_found", Code::not_found,
    "firmware version `{firmware_version}` for model `{brand_id}/{model_id}` not found"};
inline constexpr ErrorDef no_profile_for_band{"pkg/devicerepository/store/remote",
                                              "no_profile_for_band", Code::not_found,
                                              "device does not have a profile for band "
                                              "`{band_id}`"};
inline constexpr ErrorDef no_codec{"pkg/devicerepository/store/remote", "no_codec", Code::not_found,
                                   "no codec defined for firmware version `{firmware_version}` "
                                   "and band `{band_id}`"};
inline constexpr ErrorDef no_decoder{"pkg/devicerepository/store/remote", "no_decoder",
                                     Code::not_found, "no decoder defined for codec `{codec_id}`"};
inline constexpr ErrorDef no_encoder{"pkg/devicerepository/store/remote", "no_encoder",
                                     Code::not_found, "no encoder defined for codec `{codec_id}`"};
inline constexpr ErrorDef no_template_identifiers{
    "pkg/devicerepository/store/remote", "no_template_identifiers", Code::invalid_argument,
    "neither version identifiers nor profile identifiers given"};
inline constexpr ErrorDef missing_profile_identifiers{
    "pkg/devicerepository/store/remote", "missing_profile_identifiers", Code::invalid_argument,
    "both vendor ID and vendor profile ID must be given"};
inline constexpr ErrorDef regional_parameters_version{
    "pkg/devicerepository/store", "regional_parameters_version", Code::not_found,
    "unknown Regional Parameters version `{phy_version}`"};

// Without an equivalent in the reference: what an import says of a file.
inline constexpr ErrorDef malformed_document{"pkg/devicerepository/import", "malformed_document",
                                             Code::invalid_argument, "{field}: {reason}"};

}  // namespace ff::device_repository
