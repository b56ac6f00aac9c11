// Pictures that requests put to users and end devices: checked, made into squares, kept beside the
// entity. [spec identity-server §9] Not the arithmetic (protocol/picture), and not how browsers get
// them (picture_pages.hpp).
#pragma once

#include <optional>

#include "app/api/services/identity/identity.hpp"
#include "ttn/lorawan/v3/picture.pb.h"

namespace ff::api {

namespace pb = ttn::lorawan::v3;

/// The reference fetches such pictures; a server that fetches what strangers name reaches what they
/// can not.
inline constexpr ErrorDef picture_is_a_link{"pkg/identityserver/picture", "picture_is_a_link",
                                            Code::invalid_argument,
                                            "pictures are not fetched; embed the file"};

/// What a request does with the picture of an entity.
struct PictureChange {
  enum class Kind : std::uint8_t { keep, remove, put };
  Kind kind = Kind::keep;
  Bytes row;          ///< Of `put`: the picture as it is kept.
  pb::Picture shown;  ///< Of `put`: what the entity says of it, without the address in front.
};

struct PictureWish {
  storage::EntityKey entity;
  const identity_server::PictureRules& rules;
  /// When rules say so.
  const ErrorDef& disabled;
  /// Null: it is to be none.
  const pb::Picture* maybe_picture = nullptr;
};

/// Answers on any thread. Errors: the wish's `disabled`, picture_is_a_link, those of squares_of(),
/// registry_overloaded.
void prepare_picture(const Identity& identity, const PictureWish& wish,
                     actors::Reply<PictureChange> then);

/// In a transaction that has the row of the entity's picture: puts or erases it.
void change_picture(const PictureChange& change, const storage::EntityKey& entity,
                    identity_server::EntityRows& rows);
/// A path of a mask is the picture, or a part of it.
bool names_picture(const Paths& paths, std::string_view field);
/// Without those, for what is copied field by field.
Paths without_picture(Paths paths, std::string_view field);

/// Puts `url` in front of the sizes, as every answer has them.
void put_picture_url(const std::string& url, pb::Picture& picture);

}  // namespace ff::api
