using System.Globalization;
using Tessrax.Node.Recovery;
using Xunit;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>Bits that turn at 1,000 random places of everything that belongs to a small ledger: its directory, its mark, its keys.</summary>
public sealed class BitFlipTests
{
    private const int Flips = 1000;
    private const int Seed = 20261126;

    [Fact]
    public void A_bit_that_turns_is_found_or_harmless_by_design()
    {
        using var ledger = new SmallLedger();
        ledger.WriteKeyFiles();
        Assert.Empty(ledger.Examine().Faults);
        string[] files =
        [
            .. Directory.GetFiles(ledger.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal),
            .. Directory.GetFiles(ledger.Ledger.State, "*", SearchOption.AllDirectories),
        ];
        var random = new Random(Seed);
        var wrong = new List<string>();
        int found = 0;
        for (int i = 0; i < Flips; i++)
        {
            string file = files[random.Next(files.Length)];
            byte[] bytes = File.ReadAllBytes(file);
            int at = random.Next(bytes.Length);
            int bit = random.Next(8);
            byte[] flipped = [.. bytes];
            flipped[at] ^= (byte)(1 << bit);
            File.WriteAllBytes(file, flipped);
            string where = string.Create(CultureInfo.InvariantCulture, $"{file}, bit {bit} of byte {at}");
            Diagnosis diagnosis = ledger.Examine();
            bool isSeen = diagnosis.Faults.Count > 0;
            found += isSeen ? 1 : 0;
            if (!isSeen && !IsHarmless(file, flipped))
                wrong.Add(where);
            File.WriteAllBytes(file, bytes);
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.InRange(found, Flips / 2, Flips);
        Assert.Empty(ledger.Examine().Faults);
    }

    // By design: the lock's text is for messages, and nothing reads it as truth; what is encrypted in a key file is
    // authenticated when it is unlocked, and nothing can be signed with it before.
    private static bool IsHarmless(string file, byte[] flipped) =>
        Path.GetFileName(file) == "lock" || (file.EndsWith(".key", StringComparison.Ordinal) && !Unlocks(flipped));

    private static bool Unlocks(byte[] file)
    {
        try
        {
            Tessrax.Keys.KeyFile.Decrypt(file, "a passphrase"u8).Dispose();
            return true;
        }
        catch (TessraxException)
        {
            return false;
        }
    }
}
