using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Governance;

/// <summary>Whether the signature of an entry's body is a key's, worked out before the entry's turn came. Whether that key may author is not said.</summary>
/// <param name="Ledger">The ledger in whose name the body is signed.</param>
/// <param name="Key">The key.</param>
/// <param name="Holds">Whether it is this key's signature.</param>
internal readonly record struct CheckedSignature(Digest Ledger, PublicKey Key, bool Holds);
