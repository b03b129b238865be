using System.Reflection;
using System.Reflection.Emit;

namespace Tessrax.Api.Tests;

/// <summary>Calls a member on a receiver with arguments; spans come and go as arrays, and what is passed by reference comes back in its place.</summary>
internal delegate object? ApiCall(object? receiver, object?[] arguments);

/// <summary>Writes calls. Reflection's own cannot hand over spans.</summary>
internal static class ApiCalls
{
    /// <summary>A call of a method or constructor.</summary>
    public static ApiCall Of(MethodBase method)
    {
        var call = new DynamicMethod(
            method.Name,
            typeof(object),
            [typeof(object), typeof(object[])],
            typeof(ApiCalls).Module,
            skipVisibility: true
        );
        ILGenerator il = call.GetILGenerator();
        ParameterInfo[] parameters = method.GetParameters();
        var locals = new LocalBuilder?[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
            if (parameters[i].ParameterType is { IsByRef: true } type)
            {
                locals[i] = il.DeclareLocal(type.GetElementType()!);
                LoadArgument(il, i, type.GetElementType()!);
                il.Emit(OpCodes.Stloc, locals[i]!);
            }
        if (method is not ConstructorInfo && !method.IsStatic)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(method.DeclaringType!.IsValueType ? OpCodes.Unbox : OpCodes.Castclass, method.DeclaringType);
        }
        for (int i = 0; i < parameters.Length; i++)
            if (locals[i] is { } local)
                il.Emit(OpCodes.Ldloca, local);
            else
                LoadArgument(il, i, parameters[i].ParameterType);
        Type result = Emit(il, method);
        Box(il, result);
        for (int i = 0; i < parameters.Length; i++)
            if (locals[i] is { } local)
            {
                il.Emit(OpCodes.Ldarg_1);
                il.Emit(OpCodes.Ldc_I4, i);
                il.Emit(OpCodes.Ldloc, local);
                Box(il, local.LocalType);
                il.Emit(OpCodes.Stelem_Ref);
            }
        il.Emit(OpCodes.Ret);
        return call.CreateDelegate<ApiCall>();
    }

    private static Type Emit(ILGenerator il, MethodBase method)
    {
        if (method is ConstructorInfo constructor)
        {
            il.Emit(OpCodes.Newobj, constructor);
            return constructor.DeclaringType!;
        }
        var ordinary = (MethodInfo)method;
        il.Emit(method.IsVirtual ? OpCodes.Callvirt : OpCodes.Call, ordinary);
        if (!ordinary.ReturnType.IsByRef)
            return ordinary.ReturnType;
        Type pointed = ordinary.ReturnType.GetElementType()!;
        il.Emit(OpCodes.Ldobj, pointed);
        return pointed;
    }

    private static void LoadArgument(ILGenerator il, int index, Type type)
    {
        Type given = SpanOf(type) is { } element ? element.MakeArrayType() : type;
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Ldelem_Ref);
        il.Emit(OpCodes.Unbox_Any, given);
        if (given != type)
            il.Emit(OpCodes.Newobj, type.GetConstructor([given])!);
    }

    // Leaves an object on the stack: null for nothing.
    private static void Box(ILGenerator il, Type type)
    {
        if (type == typeof(void))
        {
            il.Emit(OpCodes.Ldnull);
        }
        else if (SpanOf(type) is not null)
        {
            LocalBuilder span = il.DeclareLocal(type);
            il.Emit(OpCodes.Stloc, span);
            il.Emit(OpCodes.Ldloca, span);
            il.Emit(OpCodes.Call, type.GetMethod("ToArray")!);
        }
        else if (type.IsValueType)
        {
            il.Emit(OpCodes.Box, type);
        }
    }

    /// <summary>What a span is of; null for other types.</summary>
    public static Type? SpanOf(Type type) =>
        type.IsGenericType && type.IsByRefLike ? type.GetGenericArguments()[0] : null;
}
