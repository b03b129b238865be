using System.Text;
using Tessrax.Keys;
using Samples = Tessrax.Tests.Keys.Samples;

namespace Tessrax.Tests.Fuzz;

internal static partial class FuzzTargets
{
    private static IEnumerable<FuzzTarget> OfKeys() =>
        [
            new("note", FuzzSeeds.Notes, input => SignedNote.Parse(input).ToBytes())
            {
                Covers = ["SignedNote.Parse", "NoteSignature.Parse"],
                IsExact = true,
            },
            new(
                "note-or-reason",
                FuzzSeeds.Notes,
                input =>
                    SignedNote.TryParse(input, out SignedNote? note, out string reason) && reason is not null
                        ? note.ToBytes()
                        : null
            )
            {
                Covers = ["SignedNote.TryParse"],
                IsExact = true,
            },
            Text(
                "checkpoint",
                "Checkpoint.ParseBody",
                FuzzSeeds.CheckpointBodies(),
                text => Checkpoint.ParseBody(text).Body
            ),
            Text(
                "checkpoint-or-null",
                "Checkpoint.TryParseBody",
                FuzzSeeds.CheckpointBodies(),
                text => Checkpoint.TryParseBody(text, out Checkpoint? checkpoint) ? checkpoint.Body : null
            ),
            Text(
                "checkpoint-of-any-log",
                "Checkpoint.TryParseHead",
                FuzzSeeds.CheckpointBodies(),
                text => Checkpoint.TryParseHead(text, out Checkpoint? checkpoint) ? checkpoint.Body : null
            ),
            new(
                "add-checkpoint",
                FuzzSeeds.AddCheckpoints,
                input =>
                    AddCheckpointRequest.TryParse(input, out AddCheckpointRequest? request, out _)
                        ? request.ToBytes()
                        : null
            )
            {
                Covers = ["AddCheckpointRequest.TryParse"],
                IsExact = true,
            },
            new(
                "cosignature-lines",
                FuzzSeeds.CosignatureLines,
                input =>
                    WitnessAnswer.TryReadLines(input, out IReadOnlyList<NoteSignature>? lines)
                        ? Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"{line}\n")))
                        : null
            )
            {
                Covers = ["WitnessAnswer.TryReadLines"],
                IsExact = true,
            },
            new(
                "size-of-witness",
                static () => [Encoding.UTF8.GetBytes("0\n"), Encoding.UTF8.GetBytes("20852163\n")],
                input =>
                    WitnessAnswer.TryReadSize(input, out long size)
                        ? Encoding.UTF8.GetBytes(WitnessAnswer.Conflict(size).Body)
                        : null
            )
            {
                Covers = ["WitnessAnswer.TryReadSize"],
                IsExact = true,
            },
            new("cosigned", FuzzSeeds.Notes, Cosigned) { RoundTrips = false },
            Text("vkey", "VerifierKey.Parse", FuzzSeeds.Vkeys(), text => $"{VerifierKey.Parse(text)}") with
            {
                IsExact = true,
            },
            Text(
                "vkey-or-null",
                "VerifierKey.TryParse",
                FuzzSeeds.Vkeys(),
                text => VerifierKey.TryParse(text, out VerifierKey? key) ? $"{key}" : null
            ) with
            {
                IsExact = true,
            },
            Text(
                "public-key",
                "PublicKey.TryParseBase64",
                [Samples.LogKey.PublicKey.ToBase64()],
                text => PublicKey.TryParseBase64(text, out PublicKey key) ? key.ToBase64() : null
            ) with
            {
                IsExact = true,
            },
            Text(
                "purpose",
                "KeyPurposes.Parse",
                ["log", "author", "approver"],
                text => KeyPurposes.Parse(text).ToText()
            ),
            Text(
                "purpose-or-null",
                "KeyPurposes.TryParse",
                ["log", "witness", "recovery"],
                text => KeyPurposes.TryParse(text, out KeyPurpose purpose) ? purpose.ToText() : null
            ),
            Text("tlog-policy", "TlogPolicy.Parse", FuzzSeeds.TlogPolicies(), Judge) with
            {
                IsExact = true,
            },
            new("trust-root", FuzzSeeds.TrustRoots, input => TrustRoot.Parse(input).ToJson())
            {
                Covers = ["TrustRoot.Parse"],
            },
            new("key-file", FuzzSeeds.KeyFiles, input => Encoding.UTF8.GetBytes(KeyFile.ReadPublic(input).ToString()))
            {
                Covers = ["KeyFile.ReadPublic"],
                RoundTrips = false,
            },
            new("mnemonic", FuzzSeeds.Mnemonics, ReadMnemonic) { Covers = ["Mnemonic.Parse"] },
            new("share", FuzzSeeds.Shares, ReadShare) { Covers = ["Share.Parse"] },
            Text(
                "derivation-path",
                "DerivationPath.Parse",
                ["m", "m/5526360'/0'/1'/0'", "m/2147483647'"],
                text => $"{DerivationPath.Parse(text)}"
            ) with
            {
                IsExact = true,
            },
        ];

    private static byte[] ReadMnemonic(byte[] input)
    {
        using Mnemonic mnemonic = Mnemonic.Parse(input);
        return mnemonic.ToBytes();
    }

    private static byte[] ReadShare(byte[] input)
    {
        using Share share = Share.Parse(input);
        return share.ToBytes();
    }

    private static byte[]? Cosigned(byte[] input)
    {
        PolicyVerdict verdict = TlogPolicy.Parse(FuzzSeeds.TlogPolicies().First()).Evaluate(input);
        return verdict.Log is null
            ? null
            : Encoding.UTF8.GetBytes($"{verdict.Holds} {verdict.Checkpoint} {verdict.QuorumMet}");
    }

    // Also judges a note by it: a policy that can be read can be asked.
    private static string Judge(string text)
    {
        TlogPolicy policy = TlogPolicy.Parse(text);
        _ = policy.Evaluate(FuzzSeeds.Notes().First());
        return policy.Text;
    }
}
