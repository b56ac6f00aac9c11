// Errors of the frame codec, with the reference's names; their attributes name the field and its
// limits. Not for outcomes of frames that decode well (wrong MIC, replayed counter).
#pragma once

#include "protocol/base/result.hpp"

namespace ff::phy {

inline constexpr ErrorDef decode{"pkg/encoding/lorawan", "decode", Code::unknown,
                                 "decode `{lorawan_field}`"};
inline constexpr ErrorDef encode{"pkg/encoding/lorawan", "encode", Code::unknown,
                                 "encode `{lorawan_field}`"};
inline constexpr ErrorDef encoded_field_length_bound{
    "pkg/encoding/lorawan", "encoded_field_length_bound", Code::invalid_argument,
    "`{lorawan_field}` encoded length `{value}` should between `{min}` and `{max}`"};
inline constexpr ErrorDef encrypted_join_accept_length{
    "pkg/encoding/lorawan", "encrypted_joinacceptpayload_length", Code::invalid_argument,
    "encrypted JoinAcceptPayload should have length of 16 or 32"};
inline constexpr ErrorDef field_bound{
    "pkg/encoding/lorawan", "field_bound", Code::invalid_argument,
    "expected `{lorawan_field}` to be between `{min}` and `{max}`"};
inline constexpr ErrorDef field_length_equal{
    "pkg/encoding/lorawan", "field_length_equal", Code::invalid_argument,
    "expected length of `{lorawan_field}` to be equal to `{expected}`, got `{value}`"};
inline constexpr ErrorDef field_length_with_max{
    "pkg/encoding/lorawan", "field_length_with_max", Code::invalid_argument,
    "length of `{lorawan_field}` should be at most `{max}`, got `{value}`"};
inline constexpr ErrorDef field_length_with_min{
    "pkg/encoding/lorawan", "field_length_with_min", Code::invalid_argument,
    "length of `{lorawan_field}` should be at least `{min}`, got `{value}`"};
inline constexpr ErrorDef field_length_with_multiple_choices{
    "pkg/encoding/lorawan", "field_length_with_multiple_choices", Code::invalid_argument,
    "length of `{lorawan_field}` should be equal to `{expected_1}` or `{expected_2}`, got "
    "`{value}`"};
inline constexpr ErrorDef field_with_max{
    "pkg/encoding/lorawan", "field_with_max", Code::invalid_argument,
    "`{lorawan_field}` value `{value}` should be at most `{max}`"};
inline constexpr ErrorDef unknown_field{"pkg/encoding/lorawan", "unknown_field",
                                        Code::invalid_argument, "unknown `{lorawan_field}`"};

inline constexpr ErrorDef join_request_payload_size{
    "pkg/crypto", "join_request_payload_size", Code::invalid_argument,
    "join-request payload has invalid length `{size}`"};
inline constexpr ErrorDef rejoin_request_size{"pkg/crypto", "rejoin_request_size",
                                              Code::invalid_argument,
                                              "rejoin-request payload has invalid length `{size}`"};
inline constexpr ErrorDef join_accept_payload_size{
    "pkg/crypto", "join_accept_payload_size", Code::invalid_argument,
    "join-accept payload has invalid length `{size}`"};
inline constexpr ErrorDef join_accept_message_size{
    "pkg/crypto", "join_accept_message_size", Code::invalid_argument,
    "join-accept message has invalid length `{size}`"};

}  // namespace ff::phy
