using Tessrax.Keys;

namespace Tessrax.Server.Api;

/// <summary>The newest checkpoint that a quorum of witnesses has cosigned, from whoever asks them.</summary>
/// <param name="AreAsked">Whether any witnesses are asked.</param>
/// <param name="Newest">Gives it, and how many entries it covers; null before there is one.</param>
internal sealed record CosignedNotes(Func<bool> AreAsked, Func<ValueTask<(SignedNote? Note, long Size)>> Newest);
