// The word that was probably meant.
#pragma once

#include <span>
#include <string_view>

namespace bootcheck {

/// The one of `words` that `word` was probably meant to be; empty: none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> words);

}  // namespace bootcheck
