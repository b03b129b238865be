using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Verification;

/// <summary>When an entry was issued and recorded, and by whom.</summary>
/// <param name="Index">Its place.</param>
/// <param name="By">Who vouches for it.</param>
/// <param name="IssuedAt">The clock of whoever vouches.</param>
/// <param name="RecordedAt">The log's clock.</param>
public readonly record struct EntryTimes(long Index, Voucher By, UtcTime IssuedAt, UtcTime RecordedAt);
